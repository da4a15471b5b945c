//! The terminal: escaped text, the progress of long work, and the events of the engine as lines.

mod eprint_error;
mod escaped;
mod plural;
mod print_output;
mod progress;
mod repeats;
mod stderr;
mod stderr_terminal;
mod step_progress;
mod style;
mod terminal_observer;

pub(crate) use eprint_error::eprint_error;
pub(crate) use escaped::escaped;
pub(crate) use plural::{counted, plural};
pub(crate) use print_output::{
    Stdout, clear_terminal, print_from, print_output, print_part, print_report,
};
pub(crate) use stderr::{log_to_stderr, wait_for_stderr, write_to_stderr};
pub(crate) use step_progress::StepProgress;
pub(crate) use style::{Color, Style};
pub(crate) use terminal_observer::TerminalObserver;
