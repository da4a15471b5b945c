use std::{
    io::{self, IsTerminal},
    path::PathBuf,
};

use bytes::Bytes;
use clap::{ArgGroup, Args};
use firehose_runtime::{Answer, Event};

use super::{
    command_error::CommandError,
    failed_items::FailedItems,
    function_args::{FunctionArgs, TimeoutArgs},
    json_verdict::JsonVerdict,
    kinesis_batch::KinesisBatch,
    kinesis_batch_report::KinesisBatchReport,
    pipeline_file::{note_reingestion, read_pipeline},
    pipeline_function::{DEFAULT_MEMORY_SIZE, pipeline_function},
    prefix_args::PrefixArgs,
    verdict::{Verdict, limit},
};
use crate::{
    exit_code::{Detailed, ExitCode},
    interrupt::interruptible,
    terminal::{eprint_error, escaped, log_to_stderr, print_output, write_to_stderr},
};
use firehose_delivery::{
    delivery_stream::MAX_EVENT_BYTES,
    function::{Causes, Function, UrlFunction, invoke_once},
    source::{MAX_WHOLE_FILE_BYTES, read_whole_json},
};

/// Send one event to a function
///
/// Prints the response on standard output. The log of the function, a table of the answers, and
/// the violations of Firehose's contract go to standard error.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("function").required(true).args(["package", "binary", "handler", "pipeline", "url"])))]
// The usage of clap would be one line of more than 100 columns.
#[command(override_usage = "firehose-local invoke [OPTIONS]\n       \
    <--package|--binary|--handler|--pipeline|--url> <EVENT>")]
#[command(after_help = ExitCode::after_help(EXAMPLES, EXIT_CODES))]
pub(crate) struct Invoke {
    #[command(flatten)]
    function: FunctionArgs,

    #[command(flatten)]
    timeout: TimeoutArgs,

    #[command(flatten)]
    prefix: PrefixArgs,

    /// Show all records and violations, not only the first 50
    #[arg(long)]
    all: bool,

    /// Print the verdict as JSON, with the response, all violations, and the causes of failures
    #[arg(long)]
    json: bool,

    /// File with the event, or - for standard input
    event: PathBuf,
}

impl Invoke {
    pub(crate) fn run(self) -> ExitCode {
        let event = match read_whole_json(&self.event, MAX_WHOLE_FILE_BYTES) {
            Ok(event) => event,
            Err(error) => return CommandError::usage(error.to_string()).print(self.json),
        };
        if event.len() > MAX_EVENT_BYTES {
            let bytes = event.len();
            eprint_error(format_args!(
                "the event has {bytes} bytes, and Lambda accepts at most {MAX_EVENT_BYTES}; \
                 the event is sent anyway"
            ));
        }
        if let Err(error) = Event::parse(&event)
            && KinesisBatch::parse(&event).is_none()
        {
            let path = self.event.display();
            eprint_error(format_args!(
                "{path}: {error}; the input is sent anyway (`firehose-local event` makes an event from \
                 lines)"
            ));
        }
        match self.invoke(event.clone()) {
            Ok(Some(invoked)) => self.judge(&event, &invoked),
            Ok(None) => CommandError::interrupted(self.json),
            Err(error) => error.print(self.json),
        }
    }

    /// Returns the response and the known failures. Returns `None` after a signal.
    fn invoke(&self, event: Bytes) -> Result<Option<Invoked>, CommandError> {
        let limit = self.timeout.limit();
        let answer = if let Some(url) = &self.function.url {
            interruptible(async {
                let function = UrlFunction::new(url.clone(), limit);
                Ok(Invoked::new(function.invoke(event).await?, Causes::default()))
            })
        } else if let Some(path) = &self.function.executable.pipeline {
            interruptible(async {
                let pipeline = read_pipeline(path).await?;
                note_reingestion(&pipeline, &self.function.display_name());
                let function = pipeline_function(pipeline, DEFAULT_MEMORY_SIZE, limit, 1);
                let Answer { response, report, .. } = function.answer(event).await?;
                let causes = Causes::of_report(&report);
                let items = FailedItems::new(report.items_failed, report.first_failed_items);
                Ok(Invoked { items, ..Invoked::new(response, causes) })
            })
        } else {
            interruptible(async {
                let process = self.function.process().await?;
                let (response, causes) =
                    invoke_once(&process, event, limit, log_to_stderr()).await?;
                Ok(Invoked::new(response, causes))
            })
        };
        answer.map_err(|error| CommandError::no_runtime(&error))?.transpose()
    }

    fn judge(&self, event: &[u8], invoked: &Invoked) -> ExitCode {
        let Invoked { response, causes, items } = invoked;
        if !self.json
            && let Err(code) = print_response(response)
        {
            return code;
        }
        let Ok(parsed) = Event::parse(event) else {
            if let Some(report) = KinesisBatchReport::new(event, response) {
                if self.json {
                    return report.json().with_response(response).print();
                }
                write_to_stderr(report.text(limit(self.all)).as_bytes());
                return report.code();
            }
            let reason =
                "the response cannot be checked, because the input is not a Firehose event";
            eprint_error(reason);
            let code = ExitCode::BadUsage;
            return match self.json {
                true => JsonVerdict::error(code, &reason).with_response(response).print(),
                false => code,
            };
        };
        let verdict = Verdict::new(&parsed, &self.prefix.partition_keys(), response);
        if !self.json {
            let text = verdict.text(causes, limit(self.all)) + &items.text();
            write_to_stderr(text.as_bytes());
        }
        if self.function.url.is_some() && verdict.has_failures() {
            eprint_error("the causes are in the log of the function");
        }
        if self.json {
            let report = JsonVerdict::new(&verdict).with_response(response);
            return report.with_causes(&verdict, causes).with_failed_items(items).print();
        }
        verdict.code()
    }
}

/// The response of a function, and the known failures.
#[derive(Debug)]
struct Invoked {
    response: Bytes,
    causes: Causes,
    items: FailedItems,
}

impl Invoked {
    /// Returns a response without failed items.
    fn new(response: Bytes, causes: Causes) -> Self {
        Self { response, causes, items: FailedItems::default() }
    }
}

/// Writes the response to standard output as it is. On a terminal, escapes control characters other
/// than newlines.
fn print_response(response: &[u8]) -> Result<(), ExitCode> {
    if !io::stdout().is_terminal() {
        return print_output(&[response, b"\n"]);
    }
    let text = String::from_utf8_lossy(response);
    let lines: Vec<_> = text.split('\n').map(|line| escaped(line, usize::MAX)).collect();
    print_output(&[lines.join("\n").as_bytes(), b"\n"])
}

const EXAMPLES: &str = "\
Examples:
  firehose-local invoke --package square-values fixtures/square-values/integers/event.json
  firehose-local invoke --binary target/lambda/square-values/bootstrap event.json
  firehose-local invoke event.json \\
      --url http://127.0.0.1:9000/2015-03-31/functions/square-values/invocations
  firehose-local invoke --handler app.lambda_handler --code src event.json
  firehose-local invoke --pipeline pipeline.yaml event.json
  generate-event | firehose-local invoke --binary ./bootstrap - > response.json
  firehose-local invoke --json --binary ./bootstrap event.json | jq .causes";

const EXIT_CODES: &[Detailed] = &[
    (ExitCode::Interrupted, ""),
    (ExitCode::Faulty, ""),
    (ExitCode::BadUsage, ""),
    (ExitCode::CouldNotStart, ""),
    (ExitCode::FunctionError, ""),
    (ExitCode::ContractViolated, ""),
    (ExitCode::FailuresFound, "in `invoke`: an output lacks a partition key of --prefix"),
    (ExitCode::Ok, "failed records do not change this code"),
];
