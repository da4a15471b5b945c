use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use tokio::task::spawn_blocking;

use super::{command_error::CommandError, open_log::open_log};
use crate::terminal::log_to_stderr;
use firehose_delivery::function::LogDestination;

/// The concurrency and the log of functions.
#[derive(Args, Clone, Debug)]
pub(super) struct InvocationArgs {
    /// Invocations of a function that run at the same time
    ///
    /// Firehose runs up to five at a time for each shard.
    #[arg(long, value_name = "NUMBER", default_value_t = 5,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) concurrency: u32,

    #[command(flatten)]
    log: LogArgs,
}

/// The log of functions.
#[derive(Args, Clone, Debug)]
pub(super) struct LogArgs {
    /// Write the log of the functions to this file; - for standard error
    ///
    /// Appends to an earlier log. A file with other content is an error. Without this option, the
    /// command shows the end of the log when a function fails. A function at a URL has its log
    /// elsewhere.
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    log: Option<PathBuf>,
}

impl InvocationArgs {
    /// Returns the path of the log file. Returns `None` if the log does not go to a file.
    pub(super) fn log_file(&self) -> Option<&Path> {
        self.log.log.as_deref().filter(|path| *path != Path::new("-"))
    }

    /// Returns `true` if an option names the destination of the log.
    pub(super) fn names_log(&self) -> bool {
        self.log.log.is_some()
    }

    /// Returns the destination of the log, as [`LogArgs::log`] does.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, or has other content than a log.
    pub(super) async fn log(&self) -> Result<LogDestination, CommandError> {
        self.log.log().await
    }
}

impl LogArgs {
    /// Creates the log file or opens an earlier log, and returns the destination of the log. Waits
    /// on a thread for blocking work, because the file may be a pipe without a reader.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, or has other content than a log.
    pub(super) async fn log(&self) -> Result<LogDestination, CommandError> {
        match self.log.as_deref() {
            None => Ok(LogDestination::Tail),
            Some(path) if path == Path::new("-") => Ok(LogDestination::Writer(log_to_stderr())),
            Some(path) => {
                let path = path.to_owned();
                let file = spawn_blocking(move || open_log(&path)).await;
                let file = file
                    .unwrap_or_else(|_| Err("the thread that opens --log failed".to_owned()))
                    .map_err(CommandError::usage)?;
                Ok(LogDestination::File(Arc::new(file)))
            }
        }
    }
}
