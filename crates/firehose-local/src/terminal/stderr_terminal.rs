use std::{fmt::Write, io};

use indicatif::TermLike;
use rustix::termios::tcgetwinsize;

use super::stderr::write_to_stderr;

/// The terminal behind standard error, for the progress bar: drawing never waits for the terminal.
#[derive(Debug)]
pub(super) struct StderrTerminal;

impl StderrTerminal {
    /// Moves the cursor by the control sequence of ECMA-48 with this final letter.
    fn move_cursor(count: usize, letter: char) {
        if count > 0 {
            let mut sequence = String::new();
            // Writing to memory does not fail.
            let _ = write!(sequence, "\u{1b}[{count}{letter}");
            write_to_stderr(sequence.as_bytes());
        }
    }
}

impl TermLike for StderrTerminal {
    fn width(&self) -> u16 {
        tcgetwinsize(io::stderr()).map_or(80, |size| size.ws_col)
    }

    fn move_cursor_up(&self, count: usize) -> io::Result<()> {
        Self::move_cursor(count, 'A');
        Ok(())
    }

    fn move_cursor_down(&self, count: usize) -> io::Result<()> {
        Self::move_cursor(count, 'B');
        Ok(())
    }

    fn move_cursor_right(&self, count: usize) -> io::Result<()> {
        Self::move_cursor(count, 'C');
        Ok(())
    }

    fn move_cursor_left(&self, count: usize) -> io::Result<()> {
        Self::move_cursor(count, 'D');
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        write_to_stderr(format!("{text}\n").as_bytes());
        Ok(())
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        write_to_stderr(text.as_bytes());
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        write_to_stderr(b"\r\x1b[2K");
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}
