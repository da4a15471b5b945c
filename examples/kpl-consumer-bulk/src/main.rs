//! The Lambda function. Its logic is in the library.

use lambda_runtime::{Diagnostic, Error, LambdaEvent, run, service_fn, tracing};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    run(service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        kpl_consumer_bulk::handle(event.payload.get()).map_err(|error| Diagnostic {
            // A name that an alarm can match. By default, `errorType` is the name of a Rust type.
            error_type: "BatchFailed".to_owned(),
            error_message: error.to_string(),
        })
    }))
    .await
}
