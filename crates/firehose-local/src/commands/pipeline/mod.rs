//! `firehose-local pipeline`: describes and checks pipeline files, and prints their schema. A hidden
//! command runs a pipeline as a function process.

mod arguments;
mod check;
mod example;
mod explain;
mod format_fields;
mod function_process;
mod schema;
mod schema_text;

pub(crate) use arguments::PipelineCommand;
pub(super) use function_process::pipeline_process;
