use std::fmt;

use crate::{PayloadField, failure::shortened};

/// One way in which a response breaks Firehose's contract.
///
/// `Display` says what is wrong and where, [`effect`](Self::effect) what Firehose does.
/// Neither shows payload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// The response is longer than [`MAX_RESPONSE_BYTES`](super::MAX_RESPONSE_BYTES).
    #[non_exhaustive]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// The response is no JSON.
    #[non_exhaustive]
    NotJson {
        /// What the parser says.
        message: String,
    },
    /// The response has no `records` array.
    #[non_exhaustive]
    NoRecords {
        /// What there is instead.
        found: &'static str,
    },
    /// An element of `records` is no object.
    #[non_exhaustive]
    NotAnObject {
        /// Its position in `records`, from 0.
        index: usize,
        /// What it is instead.
        found: &'static str,
    },
    /// An element of `records` has no `recordId` string.
    #[non_exhaustive]
    NoRecordId {
        /// Its position in `records`, from 0.
        index: usize,
    },
    /// A record of the event is not answered.
    #[non_exhaustive]
    NotAnswered {
        /// The record.
        record_id: String,
    },
    /// A record is answered more often than it stands in the event.
    #[non_exhaustive]
    AnsweredTwice {
        /// The record.
        record_id: String,
        /// How often it is answered.
        times: usize,
    },
    /// An answer to a record that is not in the event.
    #[non_exhaustive]
    UnknownRecordId {
        /// The id that was made up.
        record_id: String,
    },
    /// The result is none of the three.
    #[non_exhaustive]
    InvalidResult {
        /// The record.
        record_id: String,
        /// The result as JSON; empty if there is none.
        found: String,
    },
    /// There is no payload where the result needs one, or what there is is no string.
    #[non_exhaustive]
    NoPayload {
        /// The record.
        record_id: String,
        /// The field that has to have it.
        field: PayloadField,
        /// What there is instead.
        found: &'static str,
    },
    /// The payload is in the field of the other kind of source.
    #[non_exhaustive]
    WrongPayloadField {
        /// The record.
        record_id: String,
        /// The field that has to have it.
        field: PayloadField,
    },
    /// The payload is not base64.
    #[non_exhaustive]
    NotBase64 {
        /// The record.
        record_id: String,
        /// Where, and why not.
        reason: String,
    },
    /// The metadata is not of the form that Firehose reads.
    #[non_exhaustive]
    InvalidMetadata {
        /// The record.
        record_id: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Violation {
    /// What Firehose does with such a response.
    pub fn effect(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => {
                "Lambda fails the invocation; Firehose retries it, then fails the whole batch \
                 with Lambda.FunctionError"
            }
            Self::NotJson { .. } => {
                "Firehose fails the whole batch with Lambda.JsonProcessingException"
            }
            Self::NoRecords { .. } => {
                "Firehose fails every record of the batch, with Lambda.MissingRecordId where it was \
                 observed; for other forms AWS does not say with what"
            }
            Self::NotAnObject { .. } | Self::NoRecordId { .. } => {
                "Firehose cannot match it with a record; what it does with the rest of the batch \
                 is not documented"
            }
            Self::NotAnswered { .. } => {
                "Firehose fails this record with Lambda.MissingRecordId, without a retry"
            }
            Self::AnsweredTwice { .. } => {
                "Firehose fails this record with Lambda.DuplicatedRecordId, without a retry; \
                 perhaps the whole batch, AWS does not say"
            }
            Self::UnknownRecordId { .. } => {
                "Firehose ignores the answer: its data is lost without a trace"
            }
            Self::InvalidResult { .. } => {
                "Firehose fails the whole batch with Lambda.FunctionError (observed)"
            }
            Self::NoPayload { field: PayloadField::Data, .. } => {
                "Firehose fails this record with Lambda.InvalidReturnFormat, without a retry"
            }
            Self::NoPayload { field: PayloadField::KafkaRecordValue, .. } => {
                "Firehose has nothing to deliver; what it does then with an MSK source is not \
                 documented"
            }
            Self::WrongPayloadField { .. } => {
                "Firehose does not find the payload; what it does then is not documented"
            }
            Self::NotBase64 { .. } => {
                "Firehose fails the batch with Lambda.JsonMappingException (documented) or \
                 Lambda.FunctionError (observed)"
            }
            Self::InvalidMetadata { .. } => {
                "Firehose cannot route this record; what it does then is not documented"
            }
        }
    }

    /// The record it is about, if it is about one.
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
                let limit = super::MAX_RESPONSE_BYTES;
                write!(f, "the response has {bytes} bytes, Lambda's limit is {limit}")
            }
            Self::NotJson { message } => write!(f, "the response is no JSON: {message}"),
            Self::NoRecords { found } => {
                write!(f, "the response must be an object with an array `records`, it is {found}")
            }
            Self::NotAnObject { index, found } => {
                write!(f, "records[{index}] is {found}, not an object")
            }
            Self::NoRecordId { index } => write!(f, "records[{index}] has no `recordId` string"),
            Self::NotAnswered { .. } => f.write_str("not answered"),
            Self::AnsweredTwice { times, .. } => write!(f, "answered {times} times"),
            Self::UnknownRecordId { .. } => f.write_str("no such record in the event"),
            Self::InvalidResult { found, .. } => {
                let found = if found.is_empty() { "missing" } else { found };
                write!(f, r#"result is {found}, must be "Ok", "Dropped" or "ProcessingFailed""#)
            }
            Self::NoPayload { field, found, .. } => {
                let field = field.as_str();
                write!(f, "`{field}` is {found}, must be a base64 string")
            }
            Self::WrongPayloadField { field, .. } => {
                let (right, wrong) = (field.as_str(), field.other().as_str());
                write!(f, "the payload is in `{wrong}`, this source needs it in `{right}`")
            }
            Self::NotBase64 { reason, .. } | Self::InvalidMetadata { reason, .. } => {
                f.write_str(reason)
            }
        }
    }
}
