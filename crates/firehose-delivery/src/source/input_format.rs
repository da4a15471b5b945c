use serde::{Deserialize, Serialize};

/// The form of records in an input file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputFormat {
    /// Each line is a record, without its newline.
    Lines,
    /// Each record follows its length, in 4 bytes, big-endian.
    LengthPrefixed,
    /// Each record of a Firehose event is a record. A file has one event or several.
    Events,
    /// Each line is a JSON object with the value of a Kafka record, and the partition and the
    /// offset of the record.
    KafkaJson,
}

impl InputFormat {
    /// Returns the name of the format in options and in JSON.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::LengthPrefixed => "length-prefixed",
            Self::Events => "events",
            Self::KafkaJson => "kafka-json",
        }
    }
}
