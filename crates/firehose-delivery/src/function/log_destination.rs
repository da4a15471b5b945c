use std::{fs::File, sync::Arc};

use super::dropping_writer::DroppingWriter;

/// The destination of the output of functions.
#[derive(Clone, Debug, Default)]
pub enum LogDestination {
    /// No destination. The end of the output is reported if the function fails.
    #[default]
    Tail,
    /// A file.
    File(Arc<File>),
    /// A writer whose reader may be slow, such as standard error.
    Writer(DroppingWriter),
}
