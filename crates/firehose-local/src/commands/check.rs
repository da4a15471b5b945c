use std::path::{Path, PathBuf};

use clap::Args;
use firehose_runtime::Event;

use super::{
    json_verdict::JsonVerdict,
    kinesis_batch_report::KinesisBatchReport,
    prefix_args::PrefixArgs,
    verdict::{Verdict, limit},
};
use crate::{
    exit_code::{Detailed, ExitCode},
    terminal::{eprint_error, print_report},
};
use firehose_delivery::{
    function::Causes,
    source::{MAX_WHOLE_FILE_BYTES, read_whole_json},
};

/// Check a response against its event
///
/// Lists each violation of Firehose's contract in the response, and its effect in Firehose. The
/// response may come from a function in any language. For an event of a Kinesis event source
/// mapping, checks the `batchItemFailures` of the response instead, and the `state` if the event
/// has a window.
#[derive(Args, Debug)]
#[command(after_help = ExitCode::after_help(EXAMPLES, EXIT_CODES))]
pub(crate) struct Check {
    /// File with the event, or - for standard input
    event: PathBuf,

    /// File with the response, or - for standard input
    response: PathBuf,

    #[command(flatten)]
    prefix: PrefixArgs,

    /// Show all records and violations, not only the first 50
    #[arg(long)]
    all: bool,

    /// Print the verdict as JSON, with all violations
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(crate) fn run(self) -> ExitCode {
        self.judge().unwrap_or_else(|problem| {
            eprint_error(&problem);
            if self.json {
                return JsonVerdict::error(ExitCode::BadUsage, &problem).print();
            }
            ExitCode::BadUsage
        })
    }

    fn judge(&self) -> Result<ExitCode, String> {
        if [&self.event, &self.response].iter().all(|path| path.as_path() == Path::new("-")) {
            return Err("only one of EVENT and RESPONSE can be standard input".to_owned());
        }
        let read = |path| {
            let content = read_whole_json(path, MAX_WHOLE_FILE_BYTES);
            content.map_err(|error| error.to_string())
        };
        let event = read(&self.event)?;
        let response = read(&self.response)?;
        let event = match Event::parse(&event) {
            Ok(event) => event,
            Err(error) => {
                let report = KinesisBatchReport::new(&event, &response);
                let report = report.ok_or_else(|| format!("{}: {error}", self.event.display()))?;
                if self.json {
                    return Ok(report.json().print());
                }
                return Ok(print_report(report.text(limit(self.all)).as_bytes(), report.code()));
            }
        };
        let verdict = Verdict::new(&event, &self.prefix.partition_keys(), &response);
        if self.json {
            return Ok(JsonVerdict::new(&verdict).print());
        }
        let text = verdict.text(&Causes::default(), limit(self.all));
        Ok(print_report(text.as_bytes(), verdict.code()))
    }
}

const EXAMPLES: &str = "\
Examples:
  firehose-local check event.json response.json
  firehose-local check --json event.json response.json | jq .violations";

const EXIT_CODES: &[Detailed] = &[
    (ExitCode::Faulty, ""),
    (ExitCode::BadUsage, ""),
    (ExitCode::ContractViolated, ""),
    (ExitCode::FailuresFound, "in `check`: an output lacks a partition key of --prefix"),
    (ExitCode::Ok, "failed records do not change this code"),
];
