use std::fmt;

use crate::{
    delivery_stream::RejectedResponse,
    function::{FunctionError, StartError},
};

/// The reason why the measurement of a batch failed.
#[derive(Debug)]
pub enum Problem {
    /// The function could not be started.
    Start(StartError),
    /// The function failed.
    Function(FunctionError),
    /// Firehose would reject the whole response.
    Rejected(RejectedResponse),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) => error.fmt(f),
            Self::Function(error) => error.fmt(f),
            Self::Rejected(RejectedResponse { failure, violation }) => write!(
                f,
                "Firehose would reject the whole response and fail all records of the batch with \
                 the error code {}: {violation}",
                failure.error_code()
            ),
        }
    }
}

impl std::error::Error for Problem {}
