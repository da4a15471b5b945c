use std::path::{Path, PathBuf};

use firehose_delivery::source::read_whole_text;
use firehose_pipeline::{Pipeline, PipelineError};
use tokio::task::spawn_blocking;

use super::command_error::CommandError;
use crate::terminal::eprint_error;

/// The longest pipeline file that is read, in bytes. A longer file is not a pipeline.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Returns `true` if a path has an extension of pipeline files.
pub(super) fn is_pipeline_path(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "yaml" || it == "yml" || it == "json")
}

/// Reads the text of a pipeline file.
///
/// # Errors
///
/// If the file cannot be read, or is not text.
pub(super) fn read_pipeline_text(path: &Path) -> Result<String, CommandError> {
    read_whole_text(path, MAX_BYTES).map_err(|error| CommandError::usage(error.to_string()))
}

/// Reads a pipeline file. Reads on a thread for blocking work: the file may be a pipe without a
/// writer, and a signal must still end the command.
///
/// # Errors
///
/// If the file cannot be read, or if it is not a valid pipeline.
pub(super) async fn read_pipeline(path: &Path) -> Result<Pipeline, CommandError> {
    let path: PathBuf = path.to_owned();
    let read = spawn_blocking(move || parse_pipeline(&path, &read_pipeline_text(&path)?));
    read.await.unwrap_or_else(|_| {
        Err(CommandError::usage("the thread that reads the pipeline failed".to_owned()))
    })
}

/// Parses the text of a pipeline file.
///
/// # Errors
///
/// If the text is not a valid pipeline. The error has the form `FILE:LINE:COLUMN: message`.
pub(super) fn parse_pipeline(path: &Path, text: &str) -> Result<Pipeline, CommandError> {
    text.parse().map_err(|error| CommandError::usage(located(path, &error)))
}

/// Returns an error in the form `FILE:LINE:COLUMN: message`, which editors recognize.
pub(super) fn located(path: &Path, error: &PipelineError) -> String {
    let (path, message) = (path.display(), error.message());
    match (error.line(), error.column()) {
        (0, _) => format!("{path}: {message}"),
        (line, column) => format!("{path}:{line}:{column}: {message}"),
    }
}

/// Writes a note if the pipeline re-ingests oversized records, which is not simulated. `name` is
/// the display name of the function.
pub(super) fn note_reingestion(pipeline: &Pipeline, name: &str) {
    if pipeline.reingests_oversize() {
        eprint_error(format_args!(
            "note: {name}: `on_oversize: reingest` is not simulated; a record whose output does not \
             fit into the response fails here, and is put back to its source in AWS"
        ));
    }
}
