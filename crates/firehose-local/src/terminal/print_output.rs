use std::io::{self, IsTerminal, Write};

use super::{eprint_error::eprint_error, stderr::wait_for_stderr};
use crate::exit_code::ExitCode;

/// The state of standard output after a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stdout {
    /// The text is written.
    Open,
    /// The reader has closed the pipe (`| head`). Nothing more is read.
    Closed,
}

/// Writes to standard output. Ignores a broken pipe (`| head`), but reports a full disk.
///
/// # Errors
///
/// Returns the exit code of the command if standard output cannot be written.
pub(crate) fn print_output(parts: &[&[u8]]) -> Result<(), ExitCode> {
    print_part(parts).map(|_| ())
}

/// The control sequences of ECMA-48 that clear a terminal and its scrollback.
const CLEAR: &[u8] = b"\x1b[2J\x1b[3J\x1b[H";

/// Clears the terminal if standard output is one.
///
/// # Errors
///
/// Returns the exit code of the command if standard output cannot be written.
pub(crate) fn clear_terminal() -> Result<(), ExitCode> {
    if io::stdout().is_terminal() { print_output(&[CLEAR]) } else { Ok(()) }
}

/// Writes to standard output like [`print_output`]. Returns the state of standard output, for a
/// command that writes several parts.
///
/// # Errors
///
/// Returns the exit code of the command if standard output cannot be written.
pub(crate) fn print_part(parts: &[&[u8]]) -> Result<Stdout, ExitCode> {
    write_stdout(|stdout| parts.iter().try_for_each(|part| stdout.write_all(part)))
}

fn write_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<Stdout, ExitCode> {
    // On a terminal, earlier messages must appear before this text.
    wait_for_stderr();
    let mut stdout = io::stdout().lock();
    let written = write(&mut stdout);
    match written.and_then(|()| stdout.flush()) {
        Ok(()) => Ok(Stdout::Open),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Stdout::Closed),
        Err(error) => {
            eprint_error(format_args!("cannot write to standard output: {error}"));
            Err(ExitCode::BadUsage)
        }
    }
}

/// Writes the report of a command to standard output. Returns the exit code of the command: `code`,
/// or [`BadUsage`](ExitCode::BadUsage) if standard output cannot be written.
pub(crate) fn print_report(report: &[u8], code: ExitCode) -> ExitCode {
    match print_output(&[report]) {
        Ok(()) => code,
        Err(code) => code,
    }
}

/// Lets `write` write the report of a command to standard output, for a report that is too long for
/// memory. Returns the exit code like [`print_report`].
pub(crate) fn print_from(
    code: ExitCode,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> ExitCode {
    match write_stdout(write) {
        Ok(_) => code,
        Err(code) => code,
    }
}
