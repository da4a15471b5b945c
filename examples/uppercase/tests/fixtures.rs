//! Runs each folder under `fixtures/uppercase` as a test.

fn main() -> std::process::ExitCode {
    firehose_fixtures::run("../../fixtures/uppercase", uppercase::Uppercase)
}
