//! `firehose-local pipeline`: the schema and the check of pipeline files, and the hidden function
//! process.

mod arguments;
mod check;
mod function_process;
mod schema;

pub(crate) use arguments::PipelineCommand;
pub(super) use function_process::pipeline_process;
