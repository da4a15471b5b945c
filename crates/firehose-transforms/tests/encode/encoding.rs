use firehose_core::{JsonLines, Outcome, Record, Timestamp, Transform, error_chain};
use firehose_transforms::encode::{Encode, EventTime, FieldValue, for_each_encoded};

pub(crate) fn value(text: &str) -> FieldValue {
    text.parse().unwrap()
}

pub(crate) fn time(text: &str) -> EventTime {
    EventTime::new(value(text))
}

/// Returns the text of an item, or its error.
pub(crate) fn encoded(encoder: &(impl Encode + ?Sized), item: &str) -> Result<String, String> {
    let mut out = Vec::new();
    let arrival_time = Timestamp::from_millisecond(1_769_817_600_123).ok();
    match encoder.encode(&item.to_owned().into(), arrival_time, &mut out) {
        Ok(()) => Ok(String::from_utf8(out).unwrap()),
        Err(error) => Err(error_chain(&error)),
    }
}

pub(crate) async fn joined<E: Encode + Transform>(encoder: E, record: &'static str) -> String {
    let outcome = for_each_encoded(JsonLines, encoder).transform(Record::new("1", record)).await;
    match outcome.into() {
        Outcome::Ok(output) => String::from_utf8(output.into_data().into()).unwrap(),
        other => format!("{other:?}"),
    }
}
