use clap::{Args, Subcommand};

use super::{
    check::CheckPipelines, explain::Explain, function_process::FunctionProcessArgs, schema,
};
use crate::exit_code::ExitCode;

/// Describe and check pipeline files, which transform records without code
///
/// A pipeline file splits each record into items, runs its steps on each item, and joins the
/// outputs. `explain` describes the file. `try` shows what a pipeline does to records, and `test`
/// runs its fixture cases. `invoke`, `run`, `replay`, `size` and `doctor` run a pipeline with
/// --pipeline.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PipelineCommand {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    Explain(Explain),

    Check(CheckPipelines),

    /// Print the JSON Schema of pipeline files
    ///
    /// Editors complete and check a YAML file by its schema. The YAML language server reads the
    /// path of the schema from the first line: # yaml-language-server: $schema=pipeline.schema.json
    #[command(after_help = "\
Examples:
  firehose-local pipeline schema > pipeline.schema.json")]
    Schema,

    #[command(hide = true)]
    Function(FunctionProcessArgs),
}

const EXAMPLES: &str = "\
A pipeline file:
  input: {format: cloudwatch_logs, messages: json}
  steps:
    - drop_if: .message.level? == \"DEBUG\"
    - redact: [email, credit_card]
  output: json_lines

Examples:
  The steps, and the options of one step:
    firehose-local pipeline explain
    firehose-local pipeline explain redact
  From log lines to a tested pipeline:
    firehose-local try --pipeline pipeline.yaml --cloudwatch-logs app.log
    firehose-local event --cloudwatch-logs --case cases/orders app.log
    firehose-local test --pipeline pipeline.yaml --update cases
    firehose-local test --pipeline pipeline.yaml cases
  Checks in CI and in editors:
    firehose-local pipeline check pipeline.yaml
    firehose-local pipeline schema > pipeline.schema.json";

impl PipelineCommand {
    pub(crate) fn run(self) -> ExitCode {
        match self.task {
            Task::Explain(explain) => explain.run(),
            Task::Check(check) => check.run(),
            Task::Schema => schema::print(),
            Task::Function(function) => function.run(),
        }
    }
}
