use std::{error, fmt, io, path::PathBuf, process::ExitStatus, time::Duration};

use firehose_runtime::contract::MAX_RESPONSE_BYTES;

/// The reason why no function could receive an event.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The executable could not be started.
    Spawn {
        /// The executable.
        binary: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// The function ended before it asked for an event.
    Exited(ExitStatus),
    /// The function reported an error of its initialization.
    Init {
        /// The reported error type.
        error_type: String,
        /// The reported message.
        message: String,
        /// The place in the code of the function, if the report names it.
        place: Option<String>,
        /// The command that helps, if a package is missing.
        advice: Option<String>,
    },
    /// The function did not ask for an event in time.
    TimedOut(Duration),
    /// The Lambda Runtime API could not be opened on the loopback interface.
    RuntimeApi(io::Error),
    /// No thread could be started for a function in this process.
    Thread(io::Error),
    /// No function can be reached at the URL.
    Unreachable {
        /// The URL.
        url: String,
        /// The reason.
        reason: String,
    },
}

/// The reason why a function that received an event returned no response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FunctionError {
    /// The function reported an error.
    Reported {
        /// The reported error type.
        error_type: String,
        /// The reported message.
        message: String,
        /// The place in the code of the function, if the report names it.
        place: Option<String>,
    },
    /// The function did not answer in time.
    TimedOut(Duration),
    /// The function ended without an answer.
    Exited(ExitStatus),
    /// A function in this process panicked outside the processing of a record.
    Panicked,
    /// The response exceeds Lambda's limit.
    ResponseTooLarge {
        /// The length of the response.
        bytes: usize,
    },
    /// The connection to a function at a URL broke.
    Disconnected(String),
}

/// The reason why an invocation has no response.
#[derive(Debug)]
pub enum InvokeError {
    /// No function received the event.
    Start(StartError),
    /// The function received the event, and failed.
    Function(FunctionError),
}

impl FunctionError {
    /// Creates an error that a function reports without a place.
    pub fn reported(error_type: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Reported { error_type: error_type.into(), message: message.into(), place: None }
    }

    /// Returns `true` if the log of the function may explain the error. The length of a response needs
    /// no explanation.
    pub(crate) fn has_cause_in_log(&self) -> bool {
        !matches!(self, Self::ResponseTooLarge { .. })
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spawn { binary, error } => {
                write!(f, "cannot start {}: {error}", binary.display())?;
                match error.kind() {
                    _ if binary.is_dir() => f.write_str("; it is a folder"),
                    io::ErrorKind::PermissionDenied => {
                        f.write_str("; is it executable? (chmod +x)")
                    }
                    // ENOEXEC, for which `io::ErrorKind` has no variant.
                    _ if error.raw_os_error() == Some(8) => {
                        f.write_str("; was it built for another machine?")
                    }
                    _ => Ok(()),
                }
            }
            Self::Exited(status) => {
                write!(f, "the function ended before it asked for an event ({status})")
            }
            Self::Init { error_type, message, place, advice } => {
                // The further lines name the files that import a missing package.
                let first = message.lines().next().unwrap_or_default();
                let message = if advice.is_some() { first } else { message };
                write!(f, "the function could not initialize: {}", named(error_type, message))?;
                place.iter().try_for_each(|place| write!(f, " at {place}"))?;
                advice.iter().try_for_each(|advice| write!(f, "; {advice}"))
            }
            Self::TimedOut(after) => write!(
                f,
                "the function did not ask for an event within {} s, and was stopped",
                after.as_secs()
            ),
            Self::RuntimeApi(error) => {
                write!(f, "cannot open a Lambda Runtime API on 127.0.0.1: {error}")
            }
            Self::Thread(error) => write!(f, "cannot start a thread for the function: {error}"),
            Self::Unreachable { url, reason } => write!(f, "cannot reach {url}: {reason}"),
        }
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reported { error_type, message, place } => {
                write!(f, "the function failed: {}", named(error_type, message))?;
                place.iter().try_for_each(|place| write!(f, " at {place}"))
            }
            Self::TimedOut(after) => {
                write!(f, "the function did not answer within {} s", after.as_secs())
            }
            Self::Exited(status) => write!(f, "the function ended without an answer ({status})"),
            Self::Panicked => {
                f.write_str("the function panicked outside the processing of a record")
            }
            Self::ResponseTooLarge { bytes } => write!(
                f,
                "the response has {bytes} bytes, more than Lambda's limit of {MAX_RESPONSE_BYTES}; \
                 Lambda fails such an invocation with Function.ResponseSizeTooLarge"
            ),
            Self::Disconnected(reason) => write!(
                f,
                "the function closed the connection without a complete response: {reason}"
            ),
        }
    }
}

/// Returns the error that a function reported. Either part may be empty.
fn named(error_type: &str, message: &str) -> String {
    match (error_type, message) {
        ("", "") => "the function reported no reason".to_owned(),
        (text, "") | ("", text) => text.to_owned(),
        (error_type, message) => format!("{error_type}: {message}"),
    }
}

impl fmt::Display for InvokeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) => error.fmt(f),
            Self::Function(error) => error.fmt(f),
        }
    }
}

impl error::Error for StartError {}
impl error::Error for FunctionError {}
impl error::Error for InvokeError {}

impl From<StartError> for InvokeError {
    fn from(error: StartError) -> Self {
        Self::Start(error)
    }
}

impl From<FunctionError> for InvokeError {
    fn from(error: FunctionError) -> Self {
        Self::Function(error)
    }
}
