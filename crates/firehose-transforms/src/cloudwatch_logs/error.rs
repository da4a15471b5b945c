use std::fmt;

use firehose_core::JsonError;

use crate::compression::DecompressError;

/// An error for a record that is not data of a CloudWatch Logs subscription. The message shows no
/// data.
#[derive(Debug)]
#[non_exhaustive]
pub enum CloudWatchLogsError {
    /// The record cannot be decompressed.
    Compression(DecompressError),
    /// The record is not JSON, or a part of the envelope has the wrong type.
    Json(JsonError),
    /// The envelope lacks this field.
    MissingField(&'static str),
    /// The envelope has this field before and after its log events.
    RepeatedField(&'static str),
    /// The items of the record have more than this number of bytes together.
    TooLong(usize),
    /// `messageType` is neither `DATA_MESSAGE` nor `CONTROL_MESSAGE`.
    UnknownMessageType,
}

impl fmt::Display for CloudWatchLogsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not CloudWatch Logs data: ")?;
        match self {
            Self::Compression(error) => error.fmt(f),
            Self::Json(error) => error.fmt(f),
            Self::MissingField(name) => write!(f, "`{name}` is missing"),
            Self::RepeatedField(name) => write!(f, "`{name}` occurs twice"),
            Self::TooLong(limit) => write!(f, "the log events take more than {limit} bytes"),
            Self::UnknownMessageType => {
                f.write_str("`messageType` must be DATA_MESSAGE or CONTROL_MESSAGE")
            }
        }
    }
}

impl std::error::Error for CloudWatchLogsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Compression(error) => error.source(),
            Self::Json(_)
            | Self::MissingField(_)
            | Self::RepeatedField(_)
            | Self::TooLong(_)
            | Self::UnknownMessageType => None,
        }
    }
}

impl From<DecompressError> for CloudWatchLogsError {
    fn from(error: DecompressError) -> Self {
        Self::Compression(error)
    }
}
