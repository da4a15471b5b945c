use std::{fs::File, sync::Arc};

/// Where the output of functions goes, beside being looked into.
#[derive(Clone, Debug, Default)]
pub enum LogDestination {
    /// Nowhere, but for the end of it if the function fails.
    #[default]
    Tail,
    /// To a file.
    File(Arc<File>),
    /// To standard error.
    Stderr,
}
