//! Each folder under `fixtures/uppercase` is a test of its own name.

fn main() -> std::process::ExitCode {
    firehose_fixtures::run("../../fixtures/uppercase", uppercase::Uppercase)
}
