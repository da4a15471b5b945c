//! A function that expands its records: the output is the data, repeated `TIMES` times.
//! `RESPONSE_BUDGET` sets the limit of a response in bytes, instead of Lambda's limit. Both are
//! environment variables.

use std::env;

use firehose_runtime::{BoxError, Handler, Record, transform_fn};

fn main() -> Result<(), BoxError> {
    let times: usize = env::var("TIMES")?.parse()?;
    let repeat = move |record: Record| Ok::<_, BoxError>(record.data().repeat(times));
    let mut handler = Handler::new(transform_fn(repeat));
    if let Ok(bytes) = env::var("RESPONSE_BUDGET") {
        handler = handler.with_response_budget(bytes.parse()?);
    }
    firehose_runtime::run(handler)
}
