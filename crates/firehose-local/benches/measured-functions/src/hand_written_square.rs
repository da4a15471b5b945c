//! The transform of `examples/square-values`, written by hand from the template of
//! `cargo lambda new`, with payloads as `serde_json::Value`, as in most functions.

use std::collections::BTreeMap;

use aws_lambda_events::event::firehose::{
    KinesisFirehoseEvent, KinesisFirehoseResponse, KinesisFirehoseResponseRecord,
};
use lambda_runtime::{Error, LambdaEvent, run, service_fn, tracing};
use serde_json::Value;

async fn function_handler(
    event: LambdaEvent<KinesisFirehoseEvent>,
) -> Result<KinesisFirehoseResponse, Error> {
    let mut response = KinesisFirehoseResponse::default();
    for record in event.payload.records {
        let mut answer = KinesisFirehoseResponseRecord::default();
        match squares(&record.data.0) {
            Ok(data) => {
                answer.result = Some("Ok".to_owned());
                answer.data.0 = data;
            }
            Err(error) => {
                tracing::error!(%error, "record failed");
                answer.result = Some("ProcessingFailed".to_owned());
                answer.data = record.data;
            }
        }
        answer.record_id = record.record_id;
        response.records.push(answer);
    }
    Ok(response)
}

fn squares(data: &[u8]) -> Result<Vec<u8>, Error> {
    let mut object: BTreeMap<String, Value> = serde_json::from_slice(data)?;
    for value in object.values_mut() {
        *value = if let Some(number) = value.as_i64() {
            number.checked_mul(number).ok_or("its square is too large")?.into()
        } else if let Some(number) = value.as_f64() {
            (number * number).into()
        } else {
            return Err("not a number".into());
        };
    }
    Ok(serde_json::to_vec(&object)?)
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    run(service_fn(function_handler)).await
}
