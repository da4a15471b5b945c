use bytes::Bytes;

use super::metadata_query::MetadataQuery;

/// Firehose's own processors of a delivery stream:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_Processor.html>.
///
/// The processors run in the order of the fields, whatever their order in a template is. The
/// function runs between `sub_records` and `metadata_query`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProcessorSettings {
    /// `true` if gzip records are decompressed (`Decompression`).
    pub decompresses: bool,
    /// `true` if the messages of CloudWatch Logs are extracted (`CloudWatchLogProcessing` with
    /// `DataMessageExtraction`).
    pub extracts_messages: bool,
    /// The form of the parts into which records are split (`RecordDeAggregation`).
    pub sub_records: Option<SubRecordType>,
    /// The query that extracts partition keys (`MetadataExtraction`).
    pub metadata_query: Option<MetadataQuery>,
}

/// A `SubRecordType` of RecordDeAggregation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubRecordType {
    /// JSON objects, one after the other or on lines.
    Json,
    /// Parts that are separated by these bytes.
    Delimited(Bytes),
}

impl ProcessorSettings {
    /// Returns the names of the processors, in the order in which they run.
    pub fn names(&self) -> Vec<&'static str> {
        [
            (self.decompresses, "Decompression"),
            (self.extracts_messages, "CloudWatchLogProcessing"),
            (self.sub_records.is_some(), "RecordDeAggregation"),
            (self.metadata_query.is_some(), "MetadataExtraction"),
        ]
        .into_iter()
        .filter_map(|(is_set, name)| is_set.then_some(name))
        .collect()
    }
}
