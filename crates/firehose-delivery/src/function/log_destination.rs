use std::{fs::File, sync::Arc};

use super::dropping_writer::DroppingWriter;

/// The destination of the output of functions.
#[derive(Clone, Debug, Default)]
pub enum LogDestination {
    /// No destination. If the function fails, the last lines of its output are reported.
    #[default]
    Tail,
    /// A file.
    File(Arc<File>),
    /// A writer whose reader may be slow, such as standard error.
    Writer(DroppingWriter),
}
