use std::fmt;

use super::{escaped::escaped, stderr::write_to_stderr};

/// The length of the longest message, in characters. Functions and files supply parts of messages.
const MAX_CHARACTERS: usize = 4096;

/// Writes a message to standard error as one line, escaped and shortened.
pub(crate) fn eprint_error(message: impl fmt::Display) {
    let message = escaped(&message.to_string(), MAX_CHARACTERS);
    // If standard error cannot be written, only the exit code reports the error.
    write_to_stderr(format!("firehose-local: {message}\n").as_bytes());
}
