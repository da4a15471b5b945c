//! A function that returns every record unchanged. The function is written by hand, from the
//! template of `cargo lambda new`.

use aws_lambda_events::event::firehose::{
    KinesisFirehoseEvent, KinesisFirehoseResponse, KinesisFirehoseResponseRecord,
};
use lambda_runtime::{Error, LambdaEvent, run, service_fn, tracing};

async fn function_handler(
    event: LambdaEvent<KinesisFirehoseEvent>,
) -> Result<KinesisFirehoseResponse, Error> {
    let mut response = KinesisFirehoseResponse::default();
    for record in event.payload.records {
        let mut answer = KinesisFirehoseResponseRecord::default();
        answer.record_id = record.record_id;
        answer.result = Some("Ok".to_owned());
        answer.data = record.data;
        response.records.push(answer);
    }
    Ok(response)
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    run(service_fn(function_handler)).await
}
