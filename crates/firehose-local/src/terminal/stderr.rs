use std::{
    io::{self, IsTerminal, Write},
    sync::LazyLock,
    time::Duration,
};

use firehose_delivery::function::DroppingWriter;

/// The writer to standard error for the whole program. A write never waits for a slow reader.
static STDERR: LazyLock<DroppingWriter> = LazyLock::new(|| DroppingWriter::new(io::stderr()));

/// The time that standard output and the end of the program wait for standard error.
const PATIENCE: Duration = Duration::from_millis(500);

/// Writes text of this program to standard error. The log of a function leaves room for it.
pub(crate) fn write_to_stderr(text: &[u8]) {
    // A dropping writer takes everything.
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
    STDERR.wait_until_written(PATIENCE);
}
