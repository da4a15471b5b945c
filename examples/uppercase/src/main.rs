//! The Lambda function. The library holds the transform.

fn main() -> Result<(), firehose_runtime::BoxError> {
    firehose_runtime::run(uppercase::Uppercase)
}
