//! A function that expands its records: the output repeats the data as often as the variable `TIMES`
//! says. `RESPONSE_BUDGET` sets the bytes of a response, instead of Lambda's limit.

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
