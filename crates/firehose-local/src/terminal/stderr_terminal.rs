use std::io;

use indicatif::TermLike;
use rustix::termios::tcgetwinsize;

use super::stderr::write_to_stderr;

/// The terminal behind standard error, for the progress bar: drawing never waits for the terminal.
#[derive(Clone, Copy, Debug)]
pub(super) struct StderrTerminal;

impl StderrTerminal {
    /// Moves the cursor by the control sequence of ECMA-48 with this final letter.
    fn move_cursor(self, count: usize, letter: char) -> io::Result<()> {
        if count > 0 {
            write_to_stderr(format!("\u{1b}[{count}{letter}").as_bytes());
        }
        Ok(())
    }
}

impl TermLike for StderrTerminal {
    fn width(&self) -> u16 {
        tcgetwinsize(io::stderr()).map_or(80, |size| size.ws_col)
    }

    fn move_cursor_up(&self, count: usize) -> io::Result<()> {
        self.move_cursor(count, 'A')
    }

    fn move_cursor_down(&self, count: usize) -> io::Result<()> {
        self.move_cursor(count, 'B')
    }

    fn move_cursor_right(&self, count: usize) -> io::Result<()> {
        self.move_cursor(count, 'C')
    }

    fn move_cursor_left(&self, count: usize) -> io::Result<()> {
        self.move_cursor(count, 'D')
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
