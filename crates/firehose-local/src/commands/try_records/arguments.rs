use std::{ffi::OsString, path::PathBuf};

use clap::Args;

use super::{
    super::{command_error::CommandError, input_format::InputFormatArg},
    pipeline_source::PipelineSource,
};
use crate::exit_code::{Detailed, ExitCode};
use firehose_delivery::sizing::PutTo;

/// Show what a filter or a pipeline does to records
///
/// Runs each record of INPUT through the pipeline. Prints the record and its outcome: the output,
/// the cause of a failure, or `dropped`. Nothing is delivered.
///
/// FILTER is a jq filter, which stands for a pipeline with one step: `steps: [{jq: FILTER}]`.
#[derive(Args, Debug)]
#[command(override_usage = "firehose-local try [OPTIONS] <FILTER> [INPUT]...\n       \
                            firehose-local try [OPTIONS] --pipeline <FILE> [INPUT]...")]
#[command(after_help = ExitCode::after_help(EXAMPLES, EXIT_CODES))]
pub(crate) struct Try {
    /// jq filter. With --pipeline, there is no FILTER: all arguments are INPUT
    #[arg(value_name = "FILTER", required_unless_present = "pipeline")]
    filter: Option<OsString>,

    /// Files, or folders of files, with the records; - for standard input [default: -]
    input: Vec<PathBuf>,

    /// Run the pipeline of this file, in place of FILTER
    #[arg(long, value_name = "FILE")]
    pipeline: Option<PathBuf>,

    /// Format of the records in the input
    #[arg(long, value_enum, default_value = "lines")]
    pub(super) format: InputFormatArg,

    /// Pack all lines into one record, as a subscription of CloudWatch Logs does
    ///
    /// The record is an envelope in JSON, compressed with gzip. Each line is the message of a log
    /// event of the log group /aws/lambda/example.
    #[arg(long, conflicts_with = "format")]
    pub(super) cloudwatch_logs: bool,

    /// Give the records the metadata of Direct PUT, instead of that of a Kinesis stream
    #[arg(long)]
    direct_put: bool,

    /// Show whole payloads, not only the first 20 lines and 1000 characters of a line
    #[arg(long)]
    pub(super) full: bool,

    /// Print the records as JSON
    #[arg(long)]
    pub(super) json: bool,

    /// Run again whenever the pipeline file or a file of INPUT changes
    #[arg(long, conflicts_with = "json")]
    pub(super) watch: bool,

    /// Time limit in seconds for one record
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u64).range(1..=300))]
    pub(super) timeout: u64,
}

impl Try {
    /// Returns the pipeline, and the paths of the input.
    ///
    /// # Errors
    ///
    /// If FILTER is not UTF-8, or if `--watch` is used with standard input.
    pub(super) fn sources(&self) -> Result<(PipelineSource, Vec<PathBuf>), CommandError> {
        let mut input = self.input.clone();
        let pipeline = match (&self.pipeline, &self.filter) {
            (Some(file), first) => {
                // With `--pipeline`, the first positional argument is an input.
                input.splice(0..0, first.iter().map(PathBuf::from));
                PipelineSource::File(file.clone())
            }
            (None, filter) => {
                let filter = filter.as_ref().and_then(|it| it.to_str());
                let not_text = || CommandError::usage("FILTER must be text in UTF-8");
                PipelineSource::Filter(filter.ok_or_else(not_text)?.to_owned())
            }
        };
        if input.is_empty() {
            input.push("-".into());
        }
        if self.watch && input.iter().any(|path| path.as_os_str() == "-") {
            let reason = "--watch needs files: standard input can be read only once";
            return Err(CommandError::usage(reason));
        }
        Ok((pipeline, input))
    }

    pub(super) fn put_to(&self) -> PutTo {
        if self.direct_put { PutTo::DeliveryStream } else { PutTo::KinesisStream }
    }
}

const EXAMPLES: &str = "\
Examples:
  A jq filter, and a file with one record per line:
    firehose-local try '{time: .timestamp, message}' app.log
  A pipeline file, which runs again after each change:
    firehose-local try --pipeline pipeline.yaml --watch app.log
  A pipeline for CloudWatch Logs, and a file with one log message per line:
    firehose-local try --pipeline pipeline.yaml --cloudwatch-logs app.log
  The records of captured Firehose events, from standard input:
    cat captured/*.json | firehose-local try --pipeline pipeline.yaml --format events
  The causes of all failures:
    firehose-local try --json --pipeline pipeline.yaml app.log |
        jq '.records[] | select(.outcome == \"failed\") | .cause'";

const EXIT_CODES: &[Detailed] = &[
    (ExitCode::Interrupted, ""),
    (ExitCode::Faulty, ""),
    (ExitCode::BadUsage, "also if the pipeline is not valid, or a record is too large or damaged"),
    (ExitCode::FunctionError, "for example, a record took longer than --timeout"),
    (ExitCode::FailuresFound, ""),
    (ExitCode::Ok, "every record is transformed or dropped"),
];
