//! Runs each folder under `fixtures/square-values` as a test.

fn main() -> std::process::ExitCode {
    firehose_fixtures::run("../../fixtures/square-values", square_values::transform())
}
