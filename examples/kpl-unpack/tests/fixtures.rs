//! Runs each folder under `fixtures/kpl-unpack` as a test.

fn main() -> std::process::ExitCode {
    firehose_fixtures::run("../../fixtures/kpl-unpack", kpl_unpack::transform())
}
