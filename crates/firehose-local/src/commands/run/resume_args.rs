use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use clap::Args;
use tokio::task::spawn_blocking;

use super::super::command_error::CommandError;
use firehose_delivery::{
    run::{PositionsFile, RunPositions},
    source::InputManifest,
};

/// The positions of the records that this run or an earlier run does not deliver.
#[derive(Args, Debug)]
#[command(next_help_heading = "Resuming")]
pub(super) struct ResumeArgs {
    /// Write to this file the positions of the records that are not delivered
    ///
    /// The file is complete even after a failure of the store or a signal. --resume reads the file.
    /// Replaces an earlier file of positions, and refuses a file with other content.
    #[arg(long, value_name = "FILE")]
    pub(super) positions: Option<PathBuf>,

    /// Deliver only the records that an earlier run did not deliver
    ///
    /// SUMMARY is the output of `run --json`, or a file of --positions. INPUT must be the input of
    /// the earlier run. This run must have the same delivery streams, but may leave out those that
    /// delivered all records. If a second Ctrl-C ended the earlier run, some records may be
    /// delivered twice.
    #[arg(long, value_name = "SUMMARY")]
    pub(super) resume: Option<PathBuf>,
}

impl ResumeArgs {
    /// Creates the file of `--positions`. Waits on a thread for blocking work, because the file may
    /// be a pipe without a reader.
    pub(super) async fn create_positions(&self) -> Result<Option<PositionsFile>, CommandError> {
        let Some(path) = self.positions.clone() else { return Ok(None) };
        let named = path.clone();
        let created = spawn_blocking(move || PositionsFile::create(&path)).await;
        match created {
            Ok(Ok(file)) => Ok(Some(file)),
            Ok(Err(error)) => {
                let path = named.display();
                Err(CommandError::usage(format!("cannot write --positions {path}: {error}")))
            }
            Err(_) => Err(CommandError::usage("the thread that creates --positions failed")),
        }
    }

    /// Reads the positions of the earlier run, if there is one. Reads on a thread for blocking
    /// work, because the file may be a pipe without a writer.
    pub(super) async fn read_earlier(&self) -> Result<Option<RunPositions>, CommandError> {
        let Some(path) = self.resume.clone() else { return Ok(None) };
        let read = spawn_blocking(move || read(&path)).await;
        let read = read.unwrap_or_else(|_| Err("the thread that reads --resume failed".to_owned()));
        read.map(Some).map_err(CommandError::usage)
    }

    /// Checks that a run with this input and these delivery streams can resume the earlier run.
    /// Returns notes for the user.
    pub(super) fn check(
        &self,
        earlier: &RunPositions,
        input: &InputManifest,
        streams: &[&str],
    ) -> Result<Vec<&'static str>, CommandError> {
        earlier.check(input, streams).map_err(|error| {
            let summary = self.resume.as_deref().unwrap_or(Path::new("")).display();
            CommandError::usage(format!("--resume {summary}: {error}"))
        })?;
        let mut notes = Vec::new();
        if earlier.is_empty() {
            notes.push("the earlier run delivered every record, so that no record is left");
        } else if input.has_unknown_length() {
            notes.push(
                "the input has an unknown length and cannot be compared with the input of the \
                 earlier run; it must have the same records in the same order",
            );
        }
        Ok(notes)
    }
}

fn read(path: &Path) -> Result<RunPositions, String> {
    let file =
        File::open(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    RunPositions::read(BufReader::new(file)).map_err(|error| {
        let path = path.display();
        match error.is_io() {
            true => format!("cannot read {path}: {error}"),
            false => format!(
                "--resume {path} is neither the output of `run --json` nor a file of --positions: \
                 {error}"
            ),
        }
    })
}
