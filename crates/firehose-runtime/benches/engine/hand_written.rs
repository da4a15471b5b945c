//! The transforms `identity` and `square` of this bench, written by hand with `aws_lambda_events`
//! and `serde_json` instead of firehose-runtime.

use aws_lambda_events::event::firehose::{
    KinesisFirehoseEvent, KinesisFirehoseEventRecord, KinesisFirehoseResponse,
    KinesisFirehoseResponseRecord,
};
use serde_json::{Map, Number, Value};

pub(crate) fn identity(event: &[u8]) -> Vec<u8> {
    answer(event, |data| Some(data.to_vec()))
}

pub(crate) fn square(event: &[u8]) -> Vec<u8> {
    answer(event, |data| {
        let members: Map<String, Value> = serde_json::from_slice(data).ok()?;
        let squares: Option<Map<String, Value>> =
            members.into_iter().map(|(key, value)| Some((key, square_number(&value)?))).collect();
        serde_json::to_vec(&squares?).ok()
    })
}

fn square_number(value: &Value) -> Option<Value> {
    if let Some(integer) = value.as_i64() {
        return integer.checked_mul(integer).map(Value::from);
    }
    let number = value.as_f64()?;
    Number::from_f64(number * number).map(Value::Number)
}

fn answer(event: &[u8], transform: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    // `lambda_runtime` deserializes the event in this way for a handler that takes a
    // `KinesisFirehoseEvent`.
    let mut deserializer = serde_json::Deserializer::from_slice(event);
    let event: KinesisFirehoseEvent = serde_path_to_error::deserialize(&mut deserializer).unwrap();
    let mut response = KinesisFirehoseResponse::default();
    response.records = event.records.into_iter().map(|it| answer_record(it, &transform)).collect();
    serde_json::to_vec(&response).unwrap()
}

fn answer_record(
    record: KinesisFirehoseEventRecord,
    transform: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> KinesisFirehoseResponseRecord {
    let mut answer = KinesisFirehoseResponseRecord::default();
    match transform(&record.data) {
        Some(output) => {
            answer.result = Some("Ok".to_owned());
            answer.data.0 = output;
        }
        None => {
            answer.result = Some("ProcessingFailed".to_owned());
            answer.data = record.data;
        }
    }
    answer.record_id = record.record_id;
    answer
}
