use std::fmt;

use firehose_core::LocatedSyntaxError;

use crate::{cause::shortened, event::payload::PayloadField, limits::MAX_RESPONSE_BYTES};

/// The values of `found` for a response whose `records` is missing or null. Firehose accepts such a
/// response, and finds no answers.
pub(super) const WITHOUT_RECORDS: &str = "an object without `records`";
pub(super) const NULL_RECORDS: &str = "an object with null for `records`";

/// A violation of Firehose's contract by a response.
///
/// `Display` names the fault and its place. [`effect`](Self::effect) names the consequence. Neither
/// text shows payload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// The response is longer than [`MAX_RESPONSE_BYTES`](crate::limits::MAX_RESPONSE_BYTES).
    #[non_exhaustive]
    TooLarge {
        /// The length of the response.
        bytes: usize,
    },
    /// The response is not JSON.
    #[non_exhaustive]
    NotJson {
        /// The message of the parser.
        message: String,
    },
    /// The response has no `records` array.
    #[non_exhaustive]
    NoRecords {
        /// The form of the response, such as "an array" or "an object without `records`".
        found: &'static str,
    },
    /// An element of `records` is not an object.
    #[non_exhaustive]
    NotAnObject {
        /// The position in `records`, from 0.
        index: usize,
        /// The kind of the element.
        found: &'static str,
    },
    /// An element of `records` has no `recordId`, or the `recordId` is not a string.
    #[non_exhaustive]
    NoRecordId {
        /// The position in `records`, from 0.
        index: usize,
        /// The kind of the `recordId`.
        found: &'static str,
    },
    /// A record of the event has no answer.
    #[non_exhaustive]
    NotAnswered {
        /// The id of the record.
        record_id: String,
    },
    /// An id has more answers than the event has records with this id.
    #[non_exhaustive]
    AnsweredTwice {
        /// The id of the record.
        record_id: String,
        /// The number of answers.
        times: usize,
    },
    /// An answer has an id that is not in the event.
    #[non_exhaustive]
    UnknownRecordId {
        /// The id in the answer.
        record_id: String,
    },
    /// The result is not `Ok`, `Dropped` or `ProcessingFailed`.
    #[non_exhaustive]
    InvalidResult {
        /// The id of the record.
        record_id: String,
        /// The JSON or the kind of the result, or an empty text if the result is missing.
        found: String,
    },
    /// An `Ok` answer has no payload, or a payload is not a string.
    #[non_exhaustive]
    NoPayload {
        /// The id of the record.
        record_id: String,
        /// The field that must have the payload.
        field: PayloadField,
        /// The kind of the value of the field.
        found: &'static str,
    },
    /// The payload is in the field of another kind of source.
    #[non_exhaustive]
    WrongPayloadField {
        /// The id of the record.
        record_id: String,
        /// The field that must have the payload.
        field: PayloadField,
    },
    /// The payload is not base64.
    #[non_exhaustive]
    NotBase64 {
        /// The id of the record.
        record_id: String,
        /// The fault and its place.
        reason: String,
    },
    /// The value of a partition key is null, empty, an array, an object, or a string with an
    /// invalid escape.
    #[non_exhaustive]
    InvalidPartitionKey {
        /// The id of the record.
        record_id: String,
        /// The fault.
        reason: String,
    },
    /// An `Ok` answer has no value for a partition key that the prefix of the delivery stream
    /// names. The contract does not know the prefix, so [`check`](super::check) never returns this
    /// violation.
    #[non_exhaustive]
    MissingPartitionKey {
        /// The id of the record.
        record_id: String,
        /// The name of the key.
        key: String,
    },
    /// The metadata does not have the form that Firehose reads.
    #[non_exhaustive]
    InvalidMetadata {
        /// The id of the record.
        record_id: String,
        /// The fault.
        reason: String,
    },
}

impl Violation {
    /// Returns `true` if Firehose rejects the whole response, and `false` if Firehose uses its
    /// other answers.
    ///
    /// AWS does not document the effect of a field of an unexpected type. Firehose reads responses
    /// with a JSON library that rejects the text as a whole in this case.
    pub fn fails_batch(&self) -> bool {
        match self {
            Self::TooLarge { .. }
            | Self::NotJson { .. }
            | Self::NotAnObject { .. }
            | Self::InvalidResult { .. }
            | Self::NotBase64 { .. } => true,
            Self::NoRecords { found } => !matches!(*found, WITHOUT_RECORDS | NULL_RECORDS),
            Self::NoRecordId { found, .. } | Self::NoPayload { found, .. } => {
                !matches!(*found, "missing" | "null")
            }
            Self::NotAnswered { .. }
            | Self::AnsweredTwice { .. }
            | Self::UnknownRecordId { .. }
            | Self::WrongPayloadField { .. }
            | Self::InvalidPartitionKey { .. }
            | Self::MissingPartitionKey { .. }
            | Self::InvalidMetadata { .. } => false,
        }
    }

    /// Returns the consequence in Firehose.
    pub fn effect(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => {
                "Lambda fails the invocation; Firehose retries it, then fails the whole batch \
                 with Lambda.FunctionError"
            }
            Self::NotJson { .. } => {
                "Firehose fails the whole batch with Lambda.JsonProcessingException"
            }
            Self::NoRecords { .. } if !self.fails_batch() => {
                "Firehose fails every record of the batch with Lambda.MissingRecordId (observed \
                 for missing `records`, not confirmed for null)"
            }
            Self::NoRecordId { .. } | Self::UnknownRecordId { .. } if !self.fails_batch() => {
                "Firehose ignores the answer, and nothing reports that its data is lost"
            }
            Self::NoPayload { field: PayloadField::Data, .. } if !self.fails_batch() => {
                "Firehose fails this record with Lambda.InvalidReturnFormat, without a retry"
            }
            Self::NoPayload { .. } if !self.fails_batch() => {
                "Firehose has no payload to deliver; AWS does not document the effect for an MSK \
                 source"
            }
            Self::NoRecords { .. }
            | Self::NotAnObject { .. }
            | Self::NoRecordId { .. }
            | Self::UnknownRecordId { .. }
            | Self::NoPayload { .. } => {
                "Firehose cannot read the response; AWS does not document the effect, and this \
                 check assumes that the whole batch fails with Lambda.FunctionError"
            }
            Self::NotAnswered { .. } => {
                "Firehose fails this record with Lambda.MissingRecordId, without a retry"
            }
            Self::AnsweredTwice { .. } => {
                "Firehose fails this record with Lambda.DuplicatedRecordId, without a retry; AWS \
                 does not document whether the whole batch fails"
            }
            Self::InvalidResult { .. } => {
                "Firehose fails the whole batch with Lambda.FunctionError (observed)"
            }
            Self::WrongPayloadField { .. } => {
                "Firehose does not find the payload; AWS does not document the effect"
            }
            Self::NotBase64 { .. } => {
                "Firehose fails the batch with Lambda.JsonMappingException (documented) or \
                 Lambda.FunctionError (observed)"
            }
            Self::InvalidPartitionKey { .. } => {
                "Firehose fails this record with DynamicPartitioning.MetadataExtractionFailed \
                 (observed); AWS does not document the effect without dynamic partitioning"
            }
            Self::MissingPartitionKey { .. } => {
                "Firehose fails this record with DynamicPartitioning.MetadataExtractionFailed \
                 (observed)"
            }
            Self::InvalidMetadata { .. } => {
                "Firehose cannot route this record; AWS does not document the effect"
            }
        }
    }

    pub(super) fn not_json(error: &LocatedSyntaxError) -> Self {
        Self::NotJson { message: error.to_string() }
    }

    /// Returns the id of the record, or `None` for a violation that does not name a record.
    pub fn record_id(&self) -> Option<&str> {
        match self {
            Self::TooLarge { .. }
            | Self::NotJson { .. }
            | Self::NoRecords { .. }
            | Self::NotAnObject { .. }
            | Self::NoRecordId { .. } => None,
            Self::NotAnswered { record_id }
            | Self::AnsweredTwice { record_id, .. }
            | Self::UnknownRecordId { record_id }
            | Self::InvalidResult { record_id, .. }
            | Self::NoPayload { record_id, .. }
            | Self::WrongPayloadField { record_id, .. }
            | Self::NotBase64 { record_id, .. }
            | Self::InvalidPartitionKey { record_id, .. }
            | Self::MissingPartitionKey { record_id, .. }
            | Self::InvalidMetadata { record_id, .. } => Some(record_id),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = self.record_id() {
            write!(f, "record {:?}: ", shortened(id, 256))?;
        }
        match self {
            Self::TooLarge { bytes } => {
                let limit = MAX_RESPONSE_BYTES;
                write!(f, "the response has {bytes} bytes, more than Lambda's limit of {limit}")
            }
            Self::NotJson { message } => write!(f, "the response is not JSON: {message}"),
            // Functions in Python and Node.js answer null if a path of the handler returns nothing.
            Self::NoRecords { found: "null" } => f.write_str(
                "the response is null; it must be an object with an array `records`; does every path \
                 of the handler return it? In Node.js, only an async handler returns it; others pass \
                 it to the callback",
            ),
            Self::NoRecords { found } => {
                write!(f, "the response is {found}; it must be an object with an array `records`")
            }
            Self::NotAnObject { index, found } => {
                write!(f, "records[{index}] is {found}, not an object")
            }
            Self::NoRecordId { index, found: "missing" | "null" } => {
                write!(f, "records[{index}] has no `recordId`")
            }
            Self::NoRecordId { index, found } => {
                write!(f, "the `recordId` of records[{index}] is {found}; it must be a string")
            }
            Self::NotAnswered { .. } => f.write_str("not answered"),
            Self::AnsweredTwice { times, .. } => write!(f, "answered {times} times"),
            Self::UnknownRecordId { .. } => f.write_str("the event has no record with this id"),
            Self::InvalidResult { found, .. } => {
                let found = if found.is_empty() { "missing" } else { found };
                write!(f, r#"result is {found}; it must be "Ok", "Dropped" or "ProcessingFailed""#)
            }
            Self::NoPayload { field, found, .. } => {
                let field = field.as_str();
                write!(f, "`{field}` is {found}; it must be a base64 string")
            }
            Self::WrongPayloadField { field, .. } => {
                let (right, wrong) = (field.as_str(), field.other().as_str());
                write!(f, "the payload is in `{wrong}`; this source needs it in `{right}`")
            }
            Self::MissingPartitionKey { key, .. } => {
                write!(f, "the partition key `{}` of the prefix is missing", shortened(key, 64))
            }
            Self::NotBase64 { reason, .. }
            | Self::InvalidPartitionKey { reason, .. }
            | Self::InvalidMetadata { reason, .. } => f.write_str(reason),
        }
    }
}
