use bytes::Bytes;

use crate::output::Output;

/// Any error that a transform returns.
///
/// The runtime logs the text of the error and of its [sources](std::error::Error::source) as the
/// cause of a failed record. Keep payload out of these texts: logs are kept longer than records,
/// and more people read them.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The result of one record, as Firehose receives it.
///
/// The variants are Firehose's three results, with Firehose's names.
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
    /// Firehose delivers this output for the record. Its data may be empty.
    Ok(Output),
    /// The transform leaves the record out on purpose. Firehose counts a success and keeps no
    /// trace of the record.
    Dropped,
    /// The transform cannot process the record. Firehose writes the original record under the
    /// error output prefix. The cause is in the log of the function only.
    ProcessingFailed(BoxError),
}

impl Outcome {
    /// Creates a failure with a cause: `Outcome::failed("temperature is below absolute zero")`.
    pub fn failed(cause: impl Into<BoxError>) -> Self {
        Self::ProcessingFailed(cause.into())
    }

    /// Returns the output of an [`Ok`](Self::Ok).
    pub fn output(&self) -> Option<&Output> {
        match self {
            Self::Ok(output) => Some(output),
            Self::Dropped | Self::ProcessingFailed(_) => None,
        }
    }

    /// Returns the output of an [`Ok`](Self::Ok) by value.
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

/// Converts `None` into [`Outcome::Dropped`].
impl<T: Into<Self>> From<Option<T>> for Outcome {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Dropped, Into::into)
    }
}

/// Converts `Err` into [`Outcome::ProcessingFailed`].
impl<T: Into<Self>, E: Into<BoxError>> From<Result<T, E>> for Outcome {
    fn from(value: Result<T, E>) -> Self {
        value.map_or_else(Self::failed, Into::into)
    }
}
