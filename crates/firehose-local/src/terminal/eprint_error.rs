use std::fmt;

use super::{escaped::escaped, stderr::write_to_stderr};

/// The maximum length of a message, in characters. Some messages contain text of a function or a
/// file, which may have any length.
const MAX_CHARACTERS: usize = 4096;

/// Writes a message to standard error as one line, escaped and shortened.
pub(crate) fn eprint_error(message: impl fmt::Display) {
    let message = escaped(&message.to_string(), MAX_CHARACTERS);
    // If standard error is closed, the exit code still reports the error.
    write_to_stderr(format!("firehose-local: {message}\n").as_bytes());
}
