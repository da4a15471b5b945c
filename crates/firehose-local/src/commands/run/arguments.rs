use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    super::{command_error::CommandError, input_format::InputFormatArg, store_args::StoreArgs},
    endpoint_args::EndpointArgs,
    failure_limit::{self, FailureLimit},
    function_choice::FunctionChoice,
    resume_args::ResumeArgs,
    stream_args::StreamArgs,
    template_args::TemplateArgs,
};
use crate::exit_code::{Detailed, ExitCode};
use firehose_delivery::store::{Store, StoreLocation};

/// Deliver records as Firehose would
///
/// Puts the records of INPUT into a Kinesis stream or a delivery stream of a template. Sends the
/// records through the functions of the delivery streams. Writes the outputs as objects under the
/// prefix, and failed records under the error output prefix in Firehose's format. With `--endpoint`,
/// sends the records for an HTTP endpoint, Splunk or OpenSearch to a server. At the end of the input,
/// delivers all buffered records without waiting for the buffering hints. The summary accounts for
/// every record.
///
/// Ctrl-C ends the reading, and the command delivers the records that it has read. A second Ctrl-C
/// ends the command at once. `--resume` delivers the records that an earlier run did not deliver.
#[derive(Args, Debug)]
#[command(after_help = ExitCode::after_help(EXAMPLES, EXIT_CODES))]
pub(crate) struct Run {
    /// Files, or folders of files, with the records; - for standard input
    #[arg(default_value = "-")]
    pub(super) input: Vec<PathBuf>,

    /// Format of the records in the input
    #[arg(long, value_enum, default_value = "lines")]
    pub(super) format: InputFormatArg,

    /// Print the summary as JSON
    #[arg(long)]
    pub(super) json: bool,

    /// Run again after each change of the template, of the function's code or of INPUT
    ///
    /// Watches the files of functions in the template, of --handler, --binary and --pipeline, and of
    /// the workspace for functions that cargo builds. Each run writes new objects.
    #[arg(long, conflicts_with_all = ["json", "positions", "resume"])]
    pub(super) watch: bool,

    /// End with exit code 6 if more than PERCENT of a delivery stream's records fail
    ///
    /// Without a value, PERCENT is 0. Counts failures of the function and of partitioning.
    #[arg(long, value_name = "PERCENT", num_args = 0..=1, require_equals = true,
          default_missing_value = "0", value_parser = failure_limit::parse)]
    pub(super) fail_on_failed: Option<FailureLimit>,

    #[command(flatten)]
    pub(super) template: TemplateArgs,

    #[command(flatten)]
    pub(super) stream: StreamArgs,

    #[command(flatten)]
    pub(super) function: FunctionChoice,

    #[command(flatten)]
    pub(super) endpoint: EndpointArgs,

    #[command(flatten)]
    pub(super) store: StoreTarget,

    #[command(flatten)]
    pub(super) resuming: ResumeArgs,
}

const EXAMPLES: &str = "\
Examples:
  The template in this folder; builds the functions that it names:
    firehose-local run --put-to SourceStream readings.jsonl
  One delivery stream of the template, with a function in any language:
    firehose-local run --only Processed --binary ./bootstrap --to out readings.jsonl
  A delivery stream without a template, into a bucket:
    firehose-local run --delivery-stream demo --prefix data/ --package square-values \\
        --to s3://bucket/try --endpoint-url http://127.0.0.1:5000 readings.jsonl
  A pipeline file as the function of the only delivery stream, or as one function of a template:
    firehose-local run --delivery-stream demo --pipeline pipeline.yaml app.log
    firehose-local run --function CleanFunction=pipeline.yaml app.log
  A handler in Python, without a template; app.py is in the folder src:
    firehose-local run --delivery-stream demo --handler app.lambda_handler --code src in.jsonl
  The template in this folder, again after each change of the template, the code or the input:
    firehose-local run --watch readings.jsonl
  Records as they arrive:
    tail -f app.log | firehose-local run --delivery-stream demo --buffer-interval 10
  In CI: exit code 6 if more than 1 % of the records fail:
    firehose-local run --delivery-stream demo --package square-values --fail-on-failed=1 in.jsonl
  Deliver the records that an interrupted run did not deliver:
    firehose-local run --only Processed --positions left.json readings.jsonl
    firehose-local run --only Processed --resume left.json readings.jsonl
  The records of a delivery stream to an HTTP endpoint on this machine:
    firehose-local run --endpoint Stream=http://127.0.0.1:8080/ readings.jsonl
  Captured Firehose events:
    firehose-local run --format events --put-to SourceStream captured/*.json";

const EXIT_CODES: &[Detailed] = &[
    (
        ExitCode::Interrupted,
        "the records that were read are delivered, unless a second signal follows",
    ),
    (ExitCode::Faulty, ""),
    (ExitCode::StoreFailed, ""),
    (ExitCode::BadUsage, "also if records could not be put into the stream"),
    (ExitCode::CouldNotStart, "nothing was read"),
    (ExitCode::FunctionError, "only if a batch failed in every attempt"),
    (ExitCode::ContractViolated, ""),
    (
        ExitCode::FailuresFound,
        "only with --fail-on-failed, or if the store rejects the key of an object",
    ),
    (ExitCode::Ok, "every record is delivered, dropped, or in an object with failed records"),
];

/// The store of the objects.
#[derive(Args, Debug)]
#[command(next_help_heading = "Store")]
pub(super) struct StoreTarget {
    /// Destination of the objects: a folder, or s3://BUCKET/PREFIX
    #[arg(long, value_name = "FOLDER|URL", default_value = "delivered")]
    pub(super) to: PathBuf,

    #[command(flatten)]
    store: StoreArgs,
}

impl StoreTarget {
    /// Returns the folder of the store and the folders around it that do not exist yet, the innermost
    /// one first. Returns nothing for a bucket.
    pub(super) fn missing_folders(&self) -> Vec<PathBuf> {
        let location = self.to.to_str().and_then(|text| StoreLocation::parse(text).ok());
        let Some(StoreLocation::Folder(folder)) = location else { return Vec::new() };
        folder
            .ancestors()
            .take_while(|it| !it.as_os_str().is_empty() && !it.exists())
            .map(Path::to_owned)
            .collect()
    }

    /// Opens the store, and checks that it takes objects.
    pub(super) async fn open(&self) -> Result<Store, CommandError> {
        self.store.open(&self.to).await
    }
}
