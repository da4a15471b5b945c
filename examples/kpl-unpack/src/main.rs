//! The Lambda function. The library has its transform.

fn main() -> Result<(), firehose_runtime::BoxError> {
    firehose_runtime::run(kpl_unpack::transform())
}
