use bytes::Bytes;

use crate::output::Output;

/// Any error a transform may fail with.
///
/// The text of the error, and of its [sources](std::error::Error::source), is what the
/// runtime logs as the cause of a failed record. Keep payload out of it: logs live longer
/// and are read more widely than records.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What Firehose is told about one record.
///
/// The variants are Firehose's three results, by their own names.
///
/// ```
/// use firehose_core::{Outcome, Output};
///
/// let delivered: Outcome = "text".into();
/// assert_eq!(delivered.output(), Some(&Output::new("text")));
///
/// // `None` is `Dropped`, an `Err` is `ProcessingFailed`.
/// assert!(matches!(Outcome::from(None::<Output>), Outcome::Dropped));
/// assert!(matches!(
///     Outcome::from(Err::<Output, _>("no such unit")),
///     Outcome::ProcessingFailed(cause) if cause.to_string() == "no such unit"
/// ));
/// ```
#[derive(Debug)]
pub enum Outcome {
    /// The record is delivered with this output, which may be empty.
    Ok(Output),
    /// The record is left out on purpose. Firehose counts it as a success and keeps no trace.
    Dropped,
    /// The record could not be processed. Firehose writes the original record under the
    /// error output prefix; the cause is not in there, only in the function's log.
    ProcessingFailed(BoxError),
}

impl Outcome {
    /// A failure with this cause: `Outcome::failed("temperature is below absolute zero")`.
    pub fn failed(cause: impl Into<BoxError>) -> Self {
        Self::ProcessingFailed(cause.into())
    }

    /// The output, if the record is delivered.
    pub fn output(&self) -> Option<&Output> {
        match self {
            Self::Ok(output) => Some(output),
            Self::Dropped | Self::ProcessingFailed(_) => None,
        }
    }

    /// The output by value, if the record is delivered.
    pub fn into_output(self) -> Option<Output> {
        match self {
            Self::Ok(output) => Some(output),
            Self::Dropped | Self::ProcessingFailed(_) => None,
        }
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self::Ok(output)
    }
}

impl From<Bytes> for Outcome {
    fn from(data: Bytes) -> Self {
        Self::Ok(data.into())
    }
}

impl From<Vec<u8>> for Outcome {
    fn from(data: Vec<u8>) -> Self {
        Self::Ok(data.into())
    }
}

impl From<String> for Outcome {
    fn from(data: String) -> Self {
        Self::Ok(data.into())
    }
}

impl From<&'static str> for Outcome {
    fn from(data: &'static str) -> Self {
        Self::Ok(data.into())
    }
}

/// `None` is [`Outcome::Dropped`].
impl<T: Into<Self>> From<Option<T>> for Outcome {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Dropped, Into::into)
    }
}

/// `Err` is [`Outcome::ProcessingFailed`].
impl<T: Into<Self>, E: Into<BoxError>> From<Result<T, E>> for Outcome {
    fn from(value: Result<T, E>) -> Self {
        value.map_or_else(Self::failed, Into::into)
    }
}
