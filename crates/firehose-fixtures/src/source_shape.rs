use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The source of a delivery stream, which determines the form of its events.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceShape {
    /// Direct PUT: producers put records into the delivery stream.
    DirectPut,
    /// A Kinesis data stream.
    Kinesis,
    /// A topic of Amazon MSK.
    Msk,
}

impl SourceShape {
    /// The three sources.
    pub const ALL: [Self; 3] = [Self::DirectPut, Self::Kinesis, Self::Msk];

    /// Finds the source of an event by the fields that only events of this source have.
    pub fn of(event: &Value) -> Self {
        let records = event["records"].as_array().map_or(&[][..], Vec::as_slice);
        let has = |name: &str| records.iter().any(|record| record.get(name).is_some());
        if event.get("sourceMSKArn").is_some() || has("kafkaRecordValue") {
            Self::Msk
        } else if event.get("sourceKinesisStreamArn").is_some() || has("kinesisRecordMetadata") {
            Self::Kinesis
        } else {
            Self::DirectPut
        }
    }

    /// Returns the event in the form of this source.
    ///
    /// The partition keys, sequence numbers and offsets are invented. They are the same for equal
    /// events.
    #[must_use]
    pub fn translate(self, mut event: Value) -> Value {
        if let Some(event) = event.as_object_mut() {
            event.remove("sourceMSKArn");
            event.remove("sourceKinesisStreamArn");
            if let Some((name, arn)) = self.arn() {
                event.insert(name.to_owned(), arn.into());
            }
        }
        let records = event.get_mut("records").and_then(Value::as_array_mut).into_iter().flatten();
        for (index, record) in records.filter_map(Value::as_object_mut).enumerate() {
            self.translate_record(index, record);
        }
        event
    }

    fn arn(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::DirectPut => None,
            Self::Kinesis => Some((
                "sourceKinesisStreamArn",
                "arn:aws:kinesis:us-east-1:123456789012:stream/fixtures",
            )),
            Self::Msk => Some((
                "sourceMSKArn",
                "arn:aws:kafka:us-east-1:123456789012:cluster/fixtures/00000000-0000-0000-0000-000000000000-1",
            )),
        }
    }

    fn translate_record(self, index: usize, record: &mut Map<String, Value>) {
        record.remove("kinesisRecordMetadata");
        record.remove("mskRecordMetadata");
        let (from, to) = match self {
            Self::DirectPut | Self::Kinesis => ("kafkaRecordValue", "data"),
            Self::Msk => ("data", "kafkaRecordValue"),
        };
        if let Some(payload) = record.remove(from) {
            record.insert(to.to_owned(), payload);
        }
        let time = record.get("approximateArrivalTimestamp").cloned().unwrap_or(json!(0));
        match self {
            Self::DirectPut => {}
            Self::Kinesis => {
                let metadata = json!({
                    "shardId": "shardId-000000000000",
                    "partitionKey": format!("partition-key-{index}"),
                    "sequenceNumber": format!("495726722236655144228052469266569546309724860595{index:08}"),
                    "subsequenceNumber": 0,
                    "approximateArrivalTimestamp": time,
                });
                record.insert("kinesisRecordMetadata".to_owned(), metadata);
            }
            Self::Msk => {
                let metadata = json!({
                    "partitionId": "0",
                    "offset": index.to_string(),
                    "approximateArrivalTimestamp": time,
                });
                record.insert("mskRecordMetadata".to_owned(), metadata);
            }
        }
    }
}

impl fmt::Display for SourceShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DirectPut => "direct-put",
            Self::Kinesis => "kinesis",
            Self::Msk => "msk",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_translated_event_has_the_form_of_its_source() {
        let event = json!({"region": "r", "records": [{"recordId": "1", "data": "eA=="}, 7]});
        for source in SourceShape::ALL {
            let translated = source.translate(event.clone());
            assert_eq!(SourceShape::of(&translated), source);
            assert_eq!(translated["records"][1], 7);
            assert_eq!(SourceShape::DirectPut.translate(translated), event, "back from {source}");
        }
    }
}
