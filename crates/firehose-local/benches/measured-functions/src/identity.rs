//! Returns every record unchanged, with this runtime.

use firehose_runtime::{BoxError, Record, transform_fn};

fn main() -> Result<(), BoxError> {
    firehose_runtime::run(transform_fn(|record: Record| record.into_data()))
}
