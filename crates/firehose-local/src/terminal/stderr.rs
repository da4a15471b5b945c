use std::{
    io::{self, IsTerminal, Write},
    sync::LazyLock,
    time::Duration,
};

use firehose_delivery::function::DroppingWriter;

/// The writer to standard error for the whole program. A write never waits for a slow reader.
static STDERR: LazyLock<DroppingWriter> = LazyLock::new(|| DroppingWriter::new(io::stderr()));

/// The longest time to wait until standard error is written: before a write to standard output, and
/// before the program ends.
const MAX_WAIT: Duration = Duration::from_millis(500);

/// Writes text of this program to standard error, with precedence over the log of a function.
pub(crate) fn write_to_stderr(text: &[u8]) {
    // A dropping writer never returns an error.
    let _ = STDERR.with_precedence().write_all(text);
}

/// Returns a writer to standard error for the log of a function. On a terminal, control characters
/// are escaped.
pub(crate) fn log_to_stderr() -> DroppingWriter {
    match io::stderr().is_terminal() {
        true => STDERR.escaping_controls(),
        false => STDERR.clone(),
    }
}

/// Waits until standard error is written, but at most half a second.
pub(crate) fn wait_for_stderr() {
    STDERR.wait_until_written(MAX_WAIT);
}
