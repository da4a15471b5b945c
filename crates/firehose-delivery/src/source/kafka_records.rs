use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, de::Error};
use serde_json::value::RawValue;

use super::{
    input_error::InputError,
    input_file::InputFile,
    input_item::InputItem,
    put_record::{KafkaPosition, PutRecord},
};
use crate::reading::{Line, LineReader};

/// The records of a Kafka topic in a file: each line is a JSON object, as `kcat -J` writes it.
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
    #[serde(default)]
    key: Option<String>,
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
    let data = match fields.value.map(RawValue::get) {
        None | Some("null") => Bytes::new(),
        Some(text) if text.starts_with('"') => serde_json::from_str::<String>(text)?.into(),
        Some(json) => Bytes::copy_from_slice(json.as_bytes()),
    };
    Ok(PutRecord {
        arrival_timestamp: fields
            .timestamp
            .filter(|time| *time >= 0)
            .and_then(|time| Timestamp::from_millisecond(time).ok()),
        partition_key: fields.key,
        kafka: KafkaPosition { partition: fields.partition, offset: fields.offset },
        ..PutRecord::new(position, data)
    })
}

#[cfg(test)]
mod tests {
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
