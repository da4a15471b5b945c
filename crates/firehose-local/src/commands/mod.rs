//! One file a command.

mod check;
mod invoke;
mod verdict;

use std::{
    fmt,
    io::{self, Write},
};

pub(crate) use check::Check;
pub(crate) use invoke::Invoke;

/// Writes a line about what went wrong to standard error.
pub(crate) fn complain(what: impl fmt::Display) {
    // Where standard error is closed, the exit code has to do.
    let _ = writeln!(io::stderr(), "firehose-local: {what}");
}
