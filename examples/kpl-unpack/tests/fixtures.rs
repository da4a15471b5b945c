//! Each folder under `fixtures/kpl-unpack` is a test of its own name.

fn main() -> std::process::ExitCode {
    firehose_fixtures::run("../../fixtures/kpl-unpack", kpl_unpack::transform())
}
