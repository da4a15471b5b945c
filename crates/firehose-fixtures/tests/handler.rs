//! A handler with a small response budget, checked by the test kit on `fixtures/handler`.

use firehose_runtime::{Handler, Record, transform_fn};

fn main() -> std::process::ExitCode {
    let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
    firehose_fixtures::run("../../fixtures/handler", handler.with_response_budget(600))
}
