use jiff::Timestamp;
use serde::{
    Deserialize,
    de::{Error, IgnoredAny},
};
use serde_json::value::RawValue;

use super::{
    input_error::InputError,
    input_file::InputFile,
    input_item::InputItem,
    put_record::{KafkaPosition, PutRecord},
};
use crate::reading::{Line, LineReader};

/// The records of a Kafka topic in a file: each line is a JSON object, as `kcat -J` writes it.
///
/// `kcat -J` writes the key and the payload as text or, with `-s avro`, as any JSON. A record that
/// kcat cannot decode has `null`, and the reason in `key_error` or `payload_error`
/// (<https://github.com/edenhill/kcat/blob/master/json.c>). The converters of Kafka Connect write
/// the key and the value as JSON too.
#[derive(Debug)]
pub(super) struct KafkaRecords {
    lines: LineReader<InputFile>,
    limit: usize,
}

/// The fields of a line. Other fields, such as the topic, are ignored.
#[derive(Deserialize)]
struct KafkaFields<'a> {
    /// The value: a text, or any other JSON value. `null` is a record without data.
    #[serde(borrow, alias = "payload", default)]
    value: Option<&'a RawValue>,
    /// The key, like the value.
    #[serde(borrow, default)]
    key: Option<&'a RawValue>,
    /// The reason why kcat has no value.
    #[serde(default)]
    payload_error: Option<IgnoredAny>,
    #[serde(default)]
    partition: Option<u32>,
    #[serde(default)]
    offset: Option<u64>,
    /// The milliseconds since 1970. librdkafka writes -1 for a missing time.
    #[serde(alias = "ts", default)]
    timestamp: Option<i64>,
}

impl KafkaRecords {
    /// The bytes that a line may have besides the value of its record. In JSON, a text may have up
    /// to six times its length.
    const ENVELOPE: usize = 64 * 1024;

    pub(super) fn new(file: InputFile, limit: usize) -> Self {
        let longest = limit.saturating_mul(6).saturating_add(Self::ENVELOPE);
        Self { lines: LineReader::new(file, longest), limit }
    }

    /// Returns the record of the next line, which has this position in the input.
    pub(super) fn next(&mut self, position: u64) -> Result<Option<InputItem>, InputError> {
        match self.lines.next_line() {
            Ok(None) => Ok(None),
            Ok(Some(Line::Whole(line))) => Ok(Some(self.item(position, &line))),
            Ok(Some(Line::TooLong { bytes })) => {
                Ok(Some(InputItem::TooLarge { position, bytes, limit: self.limit }))
            }
            Err(error) => Err(self.lines.get_ref().error(error)),
        }
    }

    fn item(&self, position: u64, line: &[u8]) -> InputItem {
        match record(position, line) {
            Ok(record) if record.data.len() > self.limit => {
                let bytes = record.data.len() as u64;
                InputItem::TooLarge { position, bytes, limit: self.limit }
            }
            Ok(record) => InputItem::Record(record),
            Err(error) => {
                let reason = format!("the line is not a Kafka record in JSON: {error}");
                InputItem::Unreadable { position, reason }
            }
        }
    }
}

fn record(position: u64, line: &[u8]) -> Result<PutRecord, serde_json::Error> {
    // serde would read a list as the fields.
    if line.trim_ascii_start().starts_with(b"[") {
        return Err(serde_json::Error::custom("expected an object, found a list"));
    }
    let fields: KafkaFields<'_> = serde_json::from_slice(line)?;
    if fields.payload_error.is_some() {
        let reason = "kcat could not decode the value, as its payload_error says";
        return Err(serde_json::Error::custom(reason));
    }
    let data = text_of(fields.value)?.unwrap_or_default().into();
    Ok(PutRecord {
        arrival_timestamp: fields
            .timestamp
            .filter(|time| *time >= 0)
            .and_then(|time| Timestamp::from_millisecond(time).ok()),
        partition_key: text_of(fields.key)?,
        kafka: KafkaPosition { partition: fields.partition, offset: fields.offset },
        ..PutRecord::new(position, data)
    })
}

/// Returns the text of a key or a value: the content of a string, or any other JSON as it is
/// written.
fn text_of(json: Option<&RawValue>) -> Result<Option<String>, serde_json::Error> {
    match json.map(RawValue::get) {
        None | Some("null") => Ok(None),
        Some(text) if text.starts_with('"') => serde_json::from_str(text),
        Some(json) => Ok(Some(json.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::source::input_file::tests::in_pieces;

    fn all(content: &str, limit: usize) -> Vec<InputItem> {
        let mut records = KafkaRecords::new(in_pieces(content.as_bytes(), &[3, 1, 7]), limit);
        let mut items = Vec::new();
        while let Some(item) = records.next(items.len() as u64 + 1).unwrap() {
            items.push(item);
        }
        items
    }

    fn put(line: &str) -> PutRecord {
        match all(line, 100).remove(0) {
            InputItem::Record(record) => record,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_line_has_the_value_and_the_place_of_a_record() {
        let found = put(
            r#"{"topic":"t","partition":2,"offset":7,"ts":1716369573887,"key":"k","payload":"a\nb"}"#,
        );
        assert_eq!((&*found.data, found.partition_key.as_deref()), (&b"a\nb"[..], Some("k")));
        let kafka = KafkaPosition { partition: Some(2), offset: Some(7) };
        assert_eq!(found.kafka, kafka);
        assert_eq!(found.arrival_timestamp.unwrap().as_millisecond(), 1_716_369_573_887);
        for (line, data) in [
            (r#"{"value": {"a": [1, 2]}}"#, r#"{"a": [1, 2]}"#),
            (r#"{"value": 21.50, "ts": -1}"#, "21.50"),
            (r#"{"value": null, "key": null}"#, ""),
            ("{}", ""),
        ] {
            let found = put(line);
            assert_eq!((&*found.data, found.kafka), (data.as_bytes(), KafkaPosition::default()));
            assert_eq!(found.arrival_timestamp, None);
        }
    }

    #[test]
    fn a_key_may_be_any_json() {
        for (line, key) in [
            (r#"{"key": "k\n", "value": 1}"#, Some("k\n")),
            (r#"{"key": null, "key_error": "no schema", "value": 1}"#, None),
            (r#"{"key": 7, "value": 1}"#, Some("7")),
            (
                r#"{"key": {"id": {"int": 1}}, "key_schema_id": 3, "value": 1}"#,
                Some(r#"{"id": {"int": 1}}"#),
            ),
            (
                r#"{"key": {"schema": {"type": "string"}, "payload": "k"}, "value": 1}"#,
                Some(r#"{"schema": {"type": "string"}, "payload": "k"}"#),
            ),
            (r#"{"key": [1, true], "value": 1}"#, Some("[1, true]")),
        ] {
            assert_eq!(put(line).partition_key.as_deref(), key, "{line}");
        }
    }

    #[test]
    fn a_value_that_kcat_could_not_decode_is_unreadable() {
        let line = r#"{"key": "k", "payload": null, "payload_error": "unknown schema"}"#;
        let InputItem::Unreadable { reason, .. } = all(line, 100).remove(0) else { panic!() };
        assert!(reason.ends_with("kcat could not decode the value, as its payload_error says"));
    }

    #[test]
    fn a_line_that_is_not_a_record_is_unreadable_and_a_long_value_is_too_large() {
        let long = format!("{{\"value\":\"{}\"}}", "x".repeat(9));
        let items =
            all(&format!("no\n[1]\n{{\"partition\":\"x\"}}\n{long}\n{{\"value\":\"y\"}}"), 8);
        assert!(items[..3].iter().all(|item| matches!(item, InputItem::Unreadable { .. })));
        let large = InputItem::TooLarge { position: 4, bytes: 9, limit: 8 };
        assert_eq!(items[3], large);
        assert_eq!(items[4], InputItem::Record(PutRecord::new(5, Bytes::from_static(b"y"))));
    }
}
