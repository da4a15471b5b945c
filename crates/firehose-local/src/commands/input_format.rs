use clap::ValueEnum;

use firehose_delivery::source::InputFormat;

/// The argument that names an [`InputFormat`].
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum InputFormatArg {
    /// Each line is a record, without its newline
    Lines,
    /// Each record follows its length: 4 bytes, big-endian
    LengthPrefixed,
    /// Firehose events, as functions receive them, one or several per file
    Events,
    /// Kafka records: each line is a JSON object with value, key, partition and offset, as `kcat -J`
    /// writes it
    KafkaJson,
}

impl From<InputFormatArg> for InputFormat {
    fn from(format: InputFormatArg) -> Self {
        match format {
            InputFormatArg::Lines => Self::Lines,
            InputFormatArg::LengthPrefixed => Self::LengthPrefixed,
            InputFormatArg::Events => Self::Events,
            InputFormatArg::KafkaJson => Self::KafkaJson,
        }
    }
}
