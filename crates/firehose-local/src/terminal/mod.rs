//! The terminal: escaped text, the progress of long work, and the events of the engine as lines.

mod escaped;
mod progress;
mod repeats;
mod terminal_observer;

pub(crate) use escaped::escaped;
pub(crate) use terminal_observer::TerminalObserver;
