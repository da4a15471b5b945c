use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::{
    super::function_args::FunctionArgs, given_sample::SampleArgs, template_args::DoctorTemplateArgs,
};
use crate::exit_code::{Detailed, ExitCode};

/// Attack a function as production does, and say what data would be lost
///
/// Learns good records from the answers of the function, or takes them from --event or --records.
/// Then sends events that a function meets in production: a bad record among good ones, large events,
/// the same event twice, the events of other sources, and others. For each event, shows the answer and
/// the reaction of Firehose. For each fault, shows the record, the answer, the effect, and how to mend
/// it. Each finding is based on an answer of the function, not on a guess. Ends within a minute.
///
/// The events have invented records. A function that writes to a database or a queue writes them there.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("examined").required(true)
    .args(["package", "binary", "handler", "pipeline", "url", "template"])))]
// The usage that clap writes is longer than a line.
#[command(
    override_usage = "firehose-local doctor [OPTIONS]\n       <--package|--binary|--handler|--pipeline|--url|--template>"
)]
#[command(after_help = ExitCode::after_help(EXAMPLES, EXIT_CODES))]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(super) function: FunctionArgs,

    #[command(flatten)]
    pub(super) sample: SampleArgs,

    /// Time limit of the function for an invocation, in seconds: its Timeout
    ///
    /// Default: the Timeout in the template, or 10. An invocation may get less time, so that the whole
    /// examination ends within a minute. The report says if the shorter time decides a verdict.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=900))]
    pub(super) timeout: Option<u64>,

    /// Write a report in JUnit's XML format to this file
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,

    /// Write a report in Markdown to this file, for a comment on a pull request
    #[arg(long, value_name = "FILE")]
    pub(super) markdown: Option<PathBuf>,

    /// Print the report as JSON
    #[arg(long)]
    pub(super) json: bool,

    #[command(flatten)]
    pub(super) template: DoctorTemplateArgs,
}

const EXAMPLES: &str = "\
Examples:
  A handler in Python; app.py is in the folder src:
    firehose-local doctor --handler app.lambda_handler --code src
  With records of your own, one on each line:
    firehose-local doctor --handler app.lambda_handler --records readings.jsonl
  The function of a SAM template, a CDK app or Terraform code:
    firehose-local doctor --template template.yaml
  An executable in any language, with reports for CI and for a pull request:
    firehose-local doctor --binary ./bootstrap --junit doctor.xml --markdown doctor.md";

const EXIT_CODES: &[Detailed] = &[
    (ExitCode::Interrupted, ""),
    (ExitCode::Faulty, ""),
    (ExitCode::BadUsage, ""),
    (ExitCode::CouldNotStart, ""),
    (
        ExitCode::FunctionError,
        "in `doctor`: the function accepts no sample, so nothing was examined",
    ),
    (ExitCode::FailuresFound, "in `doctor`: the report has findings"),
    (ExitCode::Ok, "the report has no findings"),
];
