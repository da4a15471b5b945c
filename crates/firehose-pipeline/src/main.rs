//! The Lambda function. Its logic is in the library.

fn main() -> Result<(), firehose_runtime::BoxError> {
    firehose_runtime::run_with(async { firehose_pipeline::handler() })
}
