use std::{error, fmt, path::PathBuf, process::ExitStatus, time::Duration};

use firehose_runtime::contract::MAX_RESPONSE_BYTES;

/// Why there is no function to send an event to.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// `cargo build` failed, or built nothing that could be run.
    Build(String),
    /// The executable could not be started.
    Spawn {
        /// The executable.
        binary: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The function ended before it asked for an event.
    Exited(ExitStatus),
    /// The function reported an error of its initialization.
    Init {
        /// The error type, as reported.
        error_type: String,
        /// The message, as reported.
        message: String,
    },
    /// The function did not ask for an event in time.
    TimedOut(Duration),
    /// The Lambda Runtime API could not be opened on the loopback interface.
    RuntimeApi(std::io::Error),
    /// There is no async runtime to be had.
    Runtime(std::io::Error),
    /// Nothing answers at the URL.
    Unreachable {
        /// The URL.
        url: String,
        /// Why not.
        reason: String,
    },
}

/// Why an event got no response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FunctionError {
    /// The function reported an error.
    Reported {
        /// The error type, as reported.
        error_type: String,
        /// The message, as reported.
        message: String,
    },
    /// The function did not answer in time.
    TimedOut(Duration),
    /// The function ended without an answer.
    Exited(ExitStatus),
    /// The response is over Lambda's limit.
    ResponseTooLarge {
        /// Its length.
        bytes: usize,
    },
    /// The connection to a function at a URL broke.
    Disconnected(String),
}

/// Why an invocation came to nothing.
#[derive(Debug)]
pub enum InvokeError {
    /// There is no function.
    Start(StartError),
    /// There is one, and it failed.
    Function(FunctionError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(reason) => f.write_str(reason),
            Self::Spawn { binary, error } => {
                write!(f, "cannot start {}: {error}", binary.display())?;
                match error.kind() {
                    _ if binary.is_dir() => f.write_str("; it is a folder"),
                    std::io::ErrorKind::PermissionDenied => {
                        f.write_str("; is it executable? (chmod +x)")
                    }
                    // ENOEXEC, which has no kind of its own.
                    _ if error.raw_os_error() == Some(8) => {
                        f.write_str("; was it built for another machine?")
                    }
                    _ => Ok(()),
                }
            }
            Self::Exited(status) => {
                write!(f, "the function ended before it asked for an event ({status})")
            }
            Self::Init { error_type, message } => {
                write!(f, "the function could not initialize: {}", named(error_type, message))
            }
            Self::TimedOut(after) => write!(
                f,
                "the function did not ask for an event within {} s, and was ended; \
                 --timeout allows more",
                after.as_secs()
            ),
            Self::RuntimeApi(error) => {
                write!(f, "cannot open a Lambda Runtime API on 127.0.0.1: {error}")
            }
            Self::Runtime(error) => write!(f, "cannot start an async runtime: {error}"),
            Self::Unreachable { url, reason } => write!(
                f,
                "cannot reach {url}: {reason}; is `cargo lambda watch` or the emulator running there?"
            ),
        }
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reported { error_type, message } => {
                write!(f, "the function failed: {}", named(error_type, message))
            }
            Self::TimedOut(after) => write!(
                f,
                "the function did not answer within {} s; --timeout allows more",
                after.as_secs()
            ),
            Self::Exited(status) => write!(f, "the function ended without an answer ({status})"),
            Self::ResponseTooLarge { bytes } => write!(
                f,
                "the response has {bytes} bytes, Lambda's limit is {MAX_RESPONSE_BYTES}: \
                 Lambda fails such an invocation with Function.ResponseSizeTooLarge"
            ),
            Self::Disconnected(reason) => write!(f, "the function broke the connection: {reason}"),
        }
    }
}

/// A report of a function, which may leave out either part.
fn named(error_type: &str, message: &str) -> String {
    match (error_type, message) {
        ("", "") => "it does not say why".to_owned(),
        (one, "") | ("", one) => one.to_owned(),
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
