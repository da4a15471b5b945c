//! `firehose-local pipeline`: the description, the schema and the check of pipeline files, and the
//! hidden function process.

mod arguments;
mod check;
mod example;
mod explain;
mod function_process;
mod schema;
mod schema_text;

pub(crate) use arguments::PipelineCommand;
pub(super) use function_process::pipeline_process;
