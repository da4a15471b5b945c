//! `firehose-local replay`: sends failed records through the corrected function.

mod arguments;
mod command;
mod function;
mod last_line;
mod path_check;
mod raw_data;
mod remaining_format;
mod report;
mod template_args;
mod template_stream;

pub(crate) use arguments::Replay;
pub(super) use template_stream::TemplateStream;
