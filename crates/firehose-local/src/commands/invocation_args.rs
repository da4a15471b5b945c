use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;

use super::cannot_run::CannotRun;
use firehose_delivery::function::LogDestination;

/// How functions are invoked, and what becomes of their log.
#[derive(Args, Debug)]
pub(super) struct InvocationArgs {
    /// RetryingInvoker of a function that run at a time
    ///
    /// Firehose has up to five for each shard.
    #[arg(long, value_name = "NUMBER", default_value_t = 5,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) concurrency: u32,

    /// Write the functions' log to this file, - for standard error; without, only the end of it is
    /// shown where a function fails
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
}

impl InvocationArgs {
    /// The file that the log goes to, if it goes to one.
    pub(super) fn log_file(&self) -> Option<&Path> {
        self.log.as_deref().filter(|path| *path != Path::new("-"))
    }

    /// Where the log goes; a file is made now.
    pub(super) fn log(&self) -> Result<LogDestination, CannotRun> {
        match self.log.as_deref() {
            None => Ok(LogDestination::Tail),
            Some(path) if path == Path::new("-") => Ok(LogDestination::Stderr),
            Some(path) => match File::create(path) {
                Ok(file) => Ok(LogDestination::File(Arc::new(file))),
                Err(error) => {
                    Err(CannotRun::usage(format!("cannot write {}: {error}", path.display())))
                }
            },
        }
    }
}
