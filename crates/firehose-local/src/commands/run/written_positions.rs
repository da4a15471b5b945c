use std::path::PathBuf;

use crate::terminal::eprint_error;
use firehose_delivery::run::{PositionsFile, RunReport};

/// The result of writing the file of `--positions`.
#[derive(Debug)]
pub(super) struct WrittenPositions {
    pub(super) path: PathBuf,
    /// `true` if the file has positions.
    pub(super) has_positions: bool,
    /// `true` if the file could not be written.
    pub(super) has_failed: bool,
}

impl WrittenPositions {
    /// Writes the file. Reports an error on standard error.
    pub(super) fn write(file: PositionsFile, report: &RunReport) -> Self {
        let path = file.path().to_owned();
        let has_positions = report.has_records_left();
        let written = file.finish(report);
        if let Err(error) = &written {
            eprint_error(format_args!("cannot write --positions {}: {error}", path.display()));
        }
        Self { path, has_positions, has_failed: written.is_err() }
    }
}
