use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::{
    super::{
        compression_format::CompressionFormat, function_args::FunctionArgs,
        invocation_args::InvocationArgs, store_args::StoreArgs,
    },
    last_line::parse_last_line,
    raw_data::RawDataArg,
    remaining_format::RemainingFormatArg,
    template_args::ReplayTemplateArgs,
};
use crate::exit_code::{Detailed, ExitCode};
use firehose_delivery::replay::LastLine;

/// Send failed records through the corrected function
///
/// Reads the error objects that Firehose wrote under the error output prefix. Invokes the function
/// with the original records (`rawData` and `arrivalTimestamp`). Reports how many records pass now,
/// how many still fail, and why.
///
/// `--to` writes the outputs of the records that pass. The arrival time of a record determines the
/// key of its output. `--rest` writes the records that still fail. Without `--to`, the replay is a
/// trial: the function runs, and nothing is delivered. `replay` never changes error objects.
///
/// A record that failed after the function, in format conversion or at its destination, is already
/// the function's output. `replay` does not send such a record through the function again: `--to`
/// writes it unchanged.
///
/// Accepts error lines of any destination, in the current and the earlier format (`lambdaARN` or
/// `lambdaArn`), and ignores unknown fields. An object may be compressed with gzip. A line without a
/// failed record is reported and counted. The summary accounts for every line.
///
/// Ctrl-C ends the reading, and the command replays the lines that it has read. `--after` continues
/// with the other lines. A second Ctrl-C ends the command at once.
#[derive(Args, Debug)]
// The usage of clap would be one line of more than 100 columns.
#[command(override_usage = "firehose-local replay [OPTIONS]\n       \
    <--package|--binary|--handler|--pipeline|--url|--template> <OBJECT>...")]
#[command(after_help = ExitCode::after_help(EXAMPLES, EXIT_CODES))]
pub(crate) struct Replay {
    /// Error objects: files, folders, s3://BUCKET/KEY, s3://BUCKET/PREFIX/, or - for standard input
    #[arg(required = true, value_name = "OBJECT")]
    pub(super) objects: Vec<PathBuf>,

    /// State what `rawData` contains, for lines where `replay` cannot determine this
    ///
    /// `rawData` is the original record or the function's output. Usually, the error code, or the
    /// error output type in the name of the object, determines the content. The content is unknown
    /// after a partitioning failure, for example. Without this option, a line with unknown content
    /// goes to the file of `--rest`. Without this file, the replay stops before the line.
    #[arg(long, value_name = "CONTENT")]
    pub(super) raw_data: Option<RawDataArg>,

    /// Continue an earlier replay of the same objects after this line
    ///
    /// The value is the last line that the earlier replay read, as in its summary. All lines up to
    /// this line are skipped, so name the same objects in the same order. Replay the file of `--rest`
    /// of the earlier replay as well.
    #[arg(long, value_name = "OBJECT:LINE", value_parser = parse_last_line)]
    pub(super) after: Option<LastLine>,

    /// Print the summary as JSON
    #[arg(long)]
    pub(super) json: bool,

    #[command(flatten)]
    pub(super) template: ReplayTemplateArgs,

    #[command(flatten)]
    pub(super) invoked: InvokedFunctionArgs,

    #[command(flatten)]
    pub(super) recovered: RecoveredArgs,

    #[command(flatten)]
    pub(super) remaining: RemainingArgs,

    #[command(flatten)]
    pub(super) store: ReplayStoreArgs,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Function")]
#[command(group(ArgGroup::new("function").required(true).multiple(true)
    .args(["package", "binary", "handler", "pipeline", "url", "template"])))]
pub(super) struct InvokedFunctionArgs {
    #[command(flatten)]
    pub(super) function: FunctionArgs,

    /// Time limit in seconds for an invocation, 1 to 300
    ///
    /// Default: the Timeout of the function in the template; without a template, 60. Firehose waits for
    /// at most five minutes.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=300))]
    pub(super) timeout: Option<u64>,

    /// Retries of an invocation after a function error, 0 to 300
    #[arg(long, value_name = "NUMBER", default_value_t = 0,
          value_parser = clap::value_parser!(u32).range(0..=300))]
    pub(super) retries: u32,

    #[command(flatten)]
    pub(super) invocations: InvocationArgs,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Recovered records")]
pub(super) struct RecoveredArgs {
    /// Write the outputs to this folder, or to s3://BUCKET/PREFIX
    ///
    /// Without this option, the replay is a trial.
    #[arg(long, value_name = "FOLDER|URL")]
    pub(super) to: Option<PathBuf>,

    /// Prefix of the objects, with expressions as in a delivery stream
    ///
    /// `replay` appends the arrival hour, yyyy/MM/dd/HH/, to a prefix without expressions. Default:
    /// the prefix that `run` uses for the template's delivery stream; without a template, no
    /// prefix.
    #[arg(long, value_name = "PREFIX", requires = "to")]
    pub(super) prefix: Option<String>,

    /// Compression of the objects
    ///
    /// Default: the compression that `run` uses for the template's delivery stream; without a
    /// template, uncompressed.
    #[arg(long, value_enum, requires = "to")]
    pub(super) compression: Option<CompressionFormat>,

    /// Write a newline between the outputs of records
    ///
    /// Without this option, no delimiter separates the outputs, unless the template's delivery stream
    /// appends one.
    #[arg(long, requires = "to")]
    pub(super) append_delimiter: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Remaining records")]
pub(super) struct RemainingArgs {
    /// Write the records that are neither recovered nor dropped to this new file
    #[arg(long, value_name = "FILE")]
    pub(super) rest: Option<PathBuf>,

    /// Format of the --rest file
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        requires = "rest",
        default_value = "error-lines"
    )]
    pub(super) rest_as: RemainingFormatArg,

    /// Replace an existing --rest file
    #[arg(long, requires = "rest")]
    pub(super) force: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Store")]
pub(super) struct ReplayStoreArgs {
    #[command(flatten)]
    pub(super) args: StoreArgs,
}

const EXAMPLES: &str = "\
Examples:
  Check whether the corrected function accepts the failed records; nothing is written:
    firehose-local replay --package square-values delivered/processing-failed
  Recover the records that pass, next to the delivered records, and keep the others:
    firehose-local replay --package square-values --to delivered --prefix data/ \\
        --rest rest.jsonl delivered/processing-failed
  Replay the failed records through a corrected pipeline file:
    firehose-local replay --pipeline pipeline.yaml --to recovered errors/
  Take the function, its environment, the prefix and the compression from a template:
    firehose-local replay --template template.yaml --to delivered delivered/processing-failed
  Replay the remaining records after another correction:
    firehose-local replay --package square-values --to delivered --prefix data/ rest.jsonl
  Continue an interrupted replay after the last line that it read, and keep further records:
    firehose-local replay --package square-values --to delivered --prefix data/ \\
        --rest rest2.jsonl --after delivered/processing-failed/7:120 delivered/processing-failed
  A corrected handler in Python, with the settings of a delivery stream of the template:
    firehose-local replay --template template.yaml --only Processed --code src \\
        --handler app.lambda_handler --to recovered errors/
  Replay error objects of a bucket, and write the outputs to the same bucket:
    firehose-local replay --binary ./bootstrap --to s3://bucket --prefix data/ \\
        --compression gzip s3://bucket/errors/processing-failed/2026/03/
  Write one event of the records that still fail, and invoke the function with the event:
    firehose-local replay --binary ./bootstrap --rest event.json --rest-as event errors/
    firehose-local invoke --binary ./bootstrap event.json";

const EXIT_CODES: &[Detailed] = &[
    (
        ExitCode::Interrupted,
        "the lines that were read are replayed, unless a second signal follows",
    ),
    (ExitCode::Faulty, ""),
    (ExitCode::StoreFailed, ""),
    (
        ExitCode::BadUsage,
        "also if lines or objects are damaged, or if the `rawData` of a line is unknown",
    ),
    (ExitCode::CouldNotStart, "nothing was replayed"),
    (ExitCode::FunctionError, "only if a batch failed in every attempt"),
    (ExitCode::ContractViolated, ""),
    (
        ExitCode::FailuresFound,
        "in `replay`: records failed again, or the store rejects the key of an object",
    ),
    (
        ExitCode::Ok,
        "every record is recovered or dropped; in a trial, every record passes or is dropped",
    ),
];
