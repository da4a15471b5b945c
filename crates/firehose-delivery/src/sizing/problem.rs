use std::fmt;

use crate::{
    delivery_stream::DeliveryFailure,
    function::{FunctionError, InvokeError, StartError},
};

/// Why a batch has no answers to be measured.
#[derive(Debug)]
pub enum Problem {
    /// The function could not be started.
    Start(StartError),
    /// It failed.
    Function(FunctionError),
    /// Firehose would take none of its answers.
    Rejected(DeliveryFailure),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) => error.fmt(f),
            Self::Function(error) => error.fmt(f),
            Self::Rejected(failure) => write!(
                f,
                "Firehose would reject the response as a whole, with {}; `firehose-local check` \
                 says what is wrong with a response",
                failure.error_code()
            ),
        }
    }
}

impl From<InvokeError> for Problem {
    fn from(error: InvokeError) -> Self {
        match error {
            InvokeError::Start(error) => Self::Start(error),
            InvokeError::Function(error) => Self::Function(error),
        }
    }
}
