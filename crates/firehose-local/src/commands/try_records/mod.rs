//! `firehose-local try`: shows records before and after a pipeline.

mod arguments;
mod command;
mod input_hint;
mod json_format;
mod payload_lines;
mod pipeline_source;
mod result_format;
mod text_format;
mod trial;
mod trial_counts;
mod tried_record;

pub(crate) use arguments::Try;
