//! `firehose-local run`: a whole local delivery.

mod arguments;
mod command;
mod endpoint_args;
mod failure_limit;
mod function_choice;
mod functions;
mod path_check;
mod plan;
mod report;
mod resume_args;
mod single_stream;
mod stream_args;
mod stream_selection;
mod template_args;
mod watch;
mod written_positions;

pub(crate) use arguments::Run;
pub(super) use function_choice::FunctionChoice;
pub(super) use functions::PIPELINE_VARIABLE;
pub(super) use plan::read_code;
pub(super) use stream_selection::reason;
pub(super) use template_args::{open_code, parse_assignment};
