//! Each folder under `fixtures/square-values` is a test of its own name.

fn main() -> std::process::ExitCode {
    firehose_fixtures::run("../../fixtures/square-values", square_values::transform())
}
