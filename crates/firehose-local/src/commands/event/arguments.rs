use std::path::PathBuf;

use clap::{Args, ValueEnum};
use firehose_runtime::Timestamp;

use super::{
    super::log_record::{EXAMPLE_LOG_GROUP, EXAMPLE_LOG_STREAM, EXAMPLE_TIME},
    source_arg::SourceArg,
};
use crate::exit_code::{Detailed, ExitCode};

/// Make an event from lines or files, or show the payloads of an event
///
/// Prints a Firehose event with a record for each line of INPUT, or writes the event of a new
/// fixture case. Equal inputs give equal events. With --decode, prints the payloads of an event or
/// a response as text instead.
#[derive(Args, Debug)]
#[command(after_help = ExitCode::after_help_without_response(EXAMPLES, EXIT_CODES))]
pub(crate) struct MakeEvent {
    /// Files, or folders of files, with the records; - for standard input
    #[arg(default_value = "-")]
    pub(super) input: Vec<PathBuf>,

    /// Format of the records in the input
    #[arg(long, value_enum, default_value = "lines", conflicts_with = "decode")]
    pub(super) format: PayloadFormat,

    /// Compress each record with gzip
    #[arg(long, conflicts_with_all = ["cloudwatch_logs", "decode"])]
    pub(super) gzip: bool,

    /// Pack all lines into one record, as a subscription of CloudWatch Logs does
    ///
    /// The record is an envelope in JSON, compressed with gzip. Each line is the message of a log
    /// event.
    #[arg(long, conflicts_with_all = ["format", "decode"])]
    pub(super) cloudwatch_logs: bool,

    /// Log group in the envelope
    #[arg(
        long,
        value_name = "NAME",
        default_value = EXAMPLE_LOG_GROUP,
        requires = "cloudwatch_logs"
    )]
    pub(super) log_group: String,

    /// Log stream in the envelope
    #[arg(
        long,
        value_name = "NAME",
        default_value = EXAMPLE_LOG_STREAM,
        requires = "cloudwatch_logs"
    )]
    pub(super) log_stream: String,

    /// Source that determines the form of the event
    #[arg(long, value_enum, default_value = "direct-put", conflicts_with = "decode")]
    pub(super) source: SourceArg,

    /// Arrival time of the records, and time of the log events, in RFC 3339
    #[arg(
        long,
        value_name = "TIME",
        default_value_t = EXAMPLE_TIME,
        conflicts_with = "decode"
    )]
    pub(super) arrival_time: Timestamp,

    /// Write the event as event.json into this folder, which becomes a fixture case
    ///
    /// An existing event.json is an error. `firehose-local test --update` then writes the
    /// expected.json of the case.
    #[arg(long, value_name = "FOLDER", conflicts_with = "decode")]
    pub(super) case: Option<PathBuf>,

    /// Print the payloads of the event or response in this file; - for standard input
    ///
    /// The file may also be the expected.json of a fixture case. Unpacks gzip, zlib, Zstandard and
    /// framed Snappy, and prints each log event of CloudWatch Logs as a line of JSON. Prints payloads
    /// that are not UTF-8 as base64.
    #[arg(long, value_name = "FILE", conflicts_with = "input")]
    pub(super) decode: Option<PathBuf>,

    /// With --decode: print the records as JSON
    #[arg(long, requires = "decode")]
    pub(super) json: bool,
}

/// The values of `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PayloadFormat {
    /// Each line is a record, without its newline. A file in gzip is unpacked
    Lines,
    /// Each file is a record, without unpacking. A folder is an error
    Files,
    /// Each record follows its length: 4 bytes, big-endian
    LengthPrefixed,
    /// Firehose events. Their records are converted to the form that --source selects
    Events,
}

const EXAMPLES: &str = "\
Examples:
  firehose-local event readings.jsonl > event.json
  echo '{\"a\": 1}' | firehose-local event | firehose-local invoke --binary ./bootstrap -
  firehose-local event --case fixtures/my-function/readings readings.jsonl
  firehose-local event --format files --source kinesis image.png compressed.gz
  tail -n 20 app.log | firehose-local event --cloudwatch-logs --log-group /app
  firehose-local event --decode event.json
  firehose-local invoke --binary ./bootstrap event.json | firehose-local event --decode -";

const EXIT_CODES: &[Detailed] = &[
    (ExitCode::Faulty, ""),
    (ExitCode::BadUsage, "also if a record is larger than Firehose accepts"),
    (ExitCode::Ok, ""),
];
