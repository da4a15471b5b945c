use clap::{Args, Subcommand};

use super::{check::CheckPipelines, function_process::FunctionProcessArgs, schema};
use crate::exit_code::ExitCode;

/// Check pipeline files, or print their JSON Schema
///
/// A pipeline file describes a transformation without code. `try` shows what a pipeline does to
/// records. `invoke`, `run`, `replay` and `size` run a pipeline with --pipeline.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PipelineCommand {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
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
Examples:
  firehose-local pipeline check pipeline.yaml
  firehose-local pipeline schema > pipeline.schema.json
  firehose-local help pipeline check";

impl PipelineCommand {
    pub(crate) fn run(self) -> ExitCode {
        match self.task {
            Task::Check(check) => check.run(),
            Task::Schema => schema::print(),
            Task::Function(function) => function.run(),
        }
    }
}
