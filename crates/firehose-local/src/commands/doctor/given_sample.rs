use std::path::{Path, PathBuf};

use bytes::Bytes;
use clap::Args;
use firehose_fixtures::SourceShape;
use firehose_runtime::Event;

use super::super::{command_error::CommandError, input_payloads::read_payloads};
use firehose_delivery::{
    delivery_stream::StreamSource,
    run::max_record_bytes,
    source::{InputFormat, MAX_WHOLE_FILE_BYTES, read_whole_json},
};

/// The sample that the user gives.
#[derive(Args, Debug)]
pub(super) struct SampleArgs {
    /// Begin from the records of this event, which the function accepts; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "records")]
    pub(super) event: Option<PathBuf>,

    /// Begin from the lines of this file, which the function accepts; - for standard input
    ///
    /// Each line is a record. Without a sample, the command tries records of its own: JSON, CloudWatch
    /// Logs in gzip, and lines of text.
    #[arg(long, value_name = "FILE")]
    pub(super) records: Option<PathBuf>,
}

/// Records that the user says are good.
#[derive(Clone, Debug)]
pub(super) struct GivenSample {
    pub(super) payloads: Vec<Bytes>,
    /// The source of a given event.
    pub(super) source: Option<SourceShape>,
}

impl SampleArgs {
    /// Reads the sample. Returns `None` without an option.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or has no records.
    pub(super) fn read(&self) -> Result<Option<GivenSample>, CommandError> {
        let (path, given) = match (&self.event, &self.records) {
            (Some(path), _) => (path, read_event(path)?),
            (None, Some(path)) => {
                let limit = max_record_bytes(&StreamSource::DirectPut);
                let payloads =
                    read_payloads(std::slice::from_ref(path), InputFormat::Lines, limit)?;
                (path, GivenSample { payloads, source: None })
            }
            (None, None) => return Ok(None),
        };
        if given.payloads.is_empty() {
            let path = path.display();
            return Err(CommandError::usage(format!("{path}: the sample has no records")));
        }
        Ok(Some(given))
    }
}

fn read_event(path: &Path) -> Result<GivenSample, CommandError> {
    let text = read_whole_json(path, MAX_WHOLE_FILE_BYTES)
        .map_err(|error| CommandError::usage(error.to_string()))?;
    let usage = |reason: String| CommandError::usage(format!("{}: {reason}", path.display()));
    let event = Event::parse(&text).map_err(|error| usage(error.to_string()))?;
    let payloads = event.records.iter().map(|record| {
        let id = record.record_id();
        record.payload().map_err(|error| usage(format!("record {id:?}: {error}")))
    });
    let payloads = payloads.collect::<Result<_, _>>()?;
    let json = serde_json::from_slice(&text).unwrap_or_default();
    Ok(GivenSample { payloads, source: Some(SourceShape::of(&json)) })
}
