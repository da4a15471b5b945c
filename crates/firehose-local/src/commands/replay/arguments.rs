use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::{
    super::{
        compression_format::CompressionFormat, function_args::FunctionArgs,
        invocation_args::InvocationArgs, store_args::StoreArgs,
    },
    remaining_format::RemainingFormatArg,
};
use crate::exit_code::{Detailed, ExitCode};

/// Send failed records through the repaired function
///
/// Reads what Firehose wrote under the error output prefix, invokes the function with the records
/// as they once came (`rawData`, and the time of arrival), and says what passes now, what still
/// fails, and why. Of the records that pass, `--to` writes what the function makes of them, each
/// under the prefix of its own time of arrival; of those that fail, `--rest` writes the originals.
/// Without `--to` this is a trial: the function is run, and nothing is delivered. The error objects
/// are never changed.
///
/// Lines may be of any age and of any destination: `lambdaARN` or `lambdaArn`, fields that are not
/// known, objects packed by gzip or not. A line that is none of a failed record is named and
/// counted. The summary accounts for every line.
///
/// Ctrl-C ends the reading, and what was read is replayed; a second one ends everything.
#[derive(Args, Debug)]
#[command(after_help = ExitCode::after_help(EXAMPLES, EXIT_CODES))]
pub(crate) struct Replay {
    /// Error objects: files, folders of them, s3://BUCKET/KEY or s3://BUCKET/PREFIX/; - for
    /// standard input
    #[arg(required = true, value_name = "OBJECT")]
    pub(super) objects: Vec<PathBuf>,

    /// Print the summary as JSON
    #[arg(long)]
    pub(super) json: bool,

    #[command(flatten)]
    pub(super) invoked: Invoked,

    #[command(flatten)]
    pub(super) recovered: RecoveredArgs,

    #[command(flatten)]
    pub(super) rest: RestArgs,

    #[command(flatten)]
    pub(super) store: Stores,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Function")]
#[command(group(ArgGroup::new("function").required(true).args(["package", "binary", "url"])))]
pub(super) struct Invoked {
    #[command(flatten)]
    pub(super) function: FunctionArgs,

    /// Seconds that an invocation may take; Firehose waits for no longer than five minutes
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u64).range(1..=300))]
    pub(super) timeout: u64,

    /// How often an invocation that is a function error is tried again
    #[arg(long, value_name = "NUMBER", default_value_t = 0,
          value_parser = clap::value_parser!(u32).range(0..=300))]
    pub(super) retries: u32,

    #[command(flatten)]
    pub(super) invocations: InvocationArgs,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "What is recovered")]
pub(super) struct RecoveredArgs {
    /// Where it goes: a folder, or s3://BUCKET/PREFIX; without, it is not written
    #[arg(long, value_name = "FOLDER|URL")]
    pub(super) to: Option<PathBuf>,

    /// Prefix of its objects, as of a delivery stream: with expressions, or the hour of arrival is
    /// appended
    #[arg(long, value_name = "PREFIX", requires = "to", default_value = "")]
    pub(super) prefix: String,

    /// Compress its objects [default: uncompressed]
    #[arg(long, value_enum, requires = "to")]
    pub(super) compression: Option<CompressionFormat>,

    /// Put a newline between records; without, they follow each other as the function returned
    /// them
    #[arg(long, requires = "to")]
    pub(super) append_delimiter: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "What is not")]
pub(super) struct RestArgs {
    /// Write what is neither recovered nor dropped to this file, which must not be there yet
    #[arg(long, value_name = "FILE")]
    pub(super) rest: Option<PathBuf>,

    /// How it is written
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        requires = "rest",
        default_value = "error-lines"
    )]
    pub(super) rest_as: RemainingFormatArg,

    /// Replace the file if it is there
    #[arg(long, requires = "rest")]
    pub(super) force: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Store")]
pub(super) struct Stores {
    #[command(flatten)]
    pub(super) args: StoreArgs,
}

const EXAMPLES: &str = "\
Examples:
  Does the repaired function take what failed? Nothing is written:
    firehose-local replay --package square-values delivered/processing-failed
  Recover what passes, next to what was delivered, and keep the rest:
    firehose-local replay --package square-values --to delivered --prefix data/ \\
        --rest rest.jsonl delivered/processing-failed
  The rest once more, after another repair:
    firehose-local replay --package square-values --to delivered --prefix data/ rest.jsonl
  What failed in a bucket, and back into it:
    firehose-local replay --binary ./bootstrap --to s3://bucket --prefix data/ \\
        --compression gzip s3://bucket/errors/processing-failed/2026/03/
  One event with what still fails, to look into it:
    firehose-local replay --binary ./bootstrap --rest event.json --rest-as event errors/
    firehose-local invoke --binary ./bootstrap event.json";

const EXIT_CODES: &[Detailed] = &[
    (
        ExitCode::Interrupted,
        "the lines that were read are replayed, unless a second signal follows",
    ),
    (ExitCode::StoreFailed, ""),
    (ExitCode::BadUsage, "also if lines or objects are damaged"),
    (ExitCode::FunctionError, "only if a batch failed in every attempt"),
    (ExitCode::ContractViolated, ""),
    (ExitCode::FailuresFound, "they failed again"),
    (ExitCode::Ok, ""),
    (ExitCode::CouldNotStart, "nothing was replayed"),
];
