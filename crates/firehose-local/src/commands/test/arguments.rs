use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::{
    super::{
        event::SourceArg,
        function_args::{FunctionArgs, TimeoutArgs},
        invocation_args::LogArgs,
    },
    template_function::TemplateFunctionArgs,
};
use crate::exit_code::{Detailed, ExitCode};

/// Test a function with the cases of a folder
///
/// Each case is a folder with an event.json and an expected.json, in the format of the Rust crate
/// firehose-fixtures. Each case runs three times, with the event in the form of Direct PUT, Kinesis
/// and MSK. Prints the differences by record and path. The function may be in any language.
///
/// Causes of failed records are compared if the log of the function has them, as JSON lines with
/// record_id and cause.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("tested").required(true)
    .args(["package", "binary", "handler", "pipeline", "url", "function"])))]
// The usage that clap writes is longer than a line.
#[command(
    override_usage = "firehose-local test [OPTIONS]\n       <--package|--binary|--handler|--pipeline|--url|--function> <FOLDER> [CASE]..."
)]
#[command(after_help = ExitCode::after_help(EXAMPLES, EXIT_CODES))]
pub(crate) struct Test {
    /// Folder with a folder for each case, or the folder of one case
    pub(super) folder: PathBuf,

    /// Run only the case with this name; if no case has this name, run the cases whose names contain it
    #[arg(value_name = "CASE")]
    pub(super) filter: Vec<String>,

    #[command(flatten)]
    pub(super) function: FunctionArgs,

    #[command(flatten)]
    pub(super) template: TemplateFunctionArgs,

    #[command(flatten)]
    pub(super) timeout: TimeoutArgs,

    #[command(flatten)]
    pub(super) log: LogArgs,

    /// Run the cases only in the form of this source; may be repeated
    ///
    /// Default: all three sources, or the `sources` in the expected.json of a case. For a function
    /// that reads only `data`, select direct-put and kinesis, because events of MSK have
    /// `kafkaRecordValue` instead. With --update, a new expected.json holds the selected sources.
    #[arg(long = "source", value_name = "SOURCE", value_enum)]
    pub(super) sources: Vec<SourceArg>,

    /// Write the expected.json of each case that is new or differs
    ///
    /// Keeps the expected records that still pass, and the rules in `matching`. Writes nothing for
    /// a case whose results differ in two runs. Then runs each case in the form of all its sources,
    /// and fails a case whose results depend on the source. Review the files before you commit
    /// them.
    #[arg(long)]
    pub(super) update: bool,

    /// Write a report in JUnit's XML format to this file
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,

    /// Print the report as JSON
    #[arg(long)]
    pub(super) json: bool,
}

const EXAMPLES: &str = "\
Examples:
  firehose-local test --package square-values fixtures/square-values
  firehose-local test --binary ./bootstrap fixtures/my-function not-json
  firehose-local test --binary ./bootstrap --source kinesis fixtures/my-function
  firehose-local test --handler app.lambda_handler --code src fixtures/my-function
  firehose-local test --function SquareValuesFunction fixtures/square-values
  firehose-local test --binary ./bootstrap --update fixtures/my-function
  firehose-local test --binary ./bootstrap --junit target/junit.xml fixtures/my-function";

const EXIT_CODES: &[Detailed] = &[
    (ExitCode::Interrupted, ""),
    (ExitCode::Faulty, ""),
    (ExitCode::BadUsage, "also if the folder has no cases"),
    (ExitCode::CouldNotStart, ""),
    (ExitCode::FailuresFound, "a case differs, cannot be read, or has no valid answer"),
    (ExitCode::Ok, "all cases passed"),
];
