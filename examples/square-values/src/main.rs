//! The Lambda function. Its transform is in the library.

fn main() -> Result<(), firehose_runtime::BoxError> {
    firehose_runtime::run(square_values::transform())
}
