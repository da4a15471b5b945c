use std::{
    fmt,
    io::{self, Write},
};

use super::escaped::escaped;

/// Characters of a message. Functions and files are the source of parts of it.
const MAX_CHARACTERS: usize = 4096;

/// Writes a line to standard error, escaped and cut.
pub(crate) fn eprint_error(message: impl fmt::Display) {
    let message = escaped(&message.to_string(), MAX_CHARACTERS);
    // Without standard error, the exit code has to be enough.
    let _ = writeln!(io::stderr(), "firehose-local: {message}");
}
