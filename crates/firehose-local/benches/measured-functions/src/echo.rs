//! The smallest Lambda function in Rust. The function answers with the text of the event, without a log
//! and without parsing, on one thread.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let echo = |event: LambdaEvent<Box<RawValue>>| async { Ok::<_, Error>(event.payload) };
    lambda_runtime::run(service_fn(echo)).await
}
