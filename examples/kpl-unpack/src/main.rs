//! The Lambda function: see the library for the transform.

fn main() -> Result<(), firehose_runtime::BoxError> {
    firehose_runtime::run(kpl_unpack::transform())
}
