//! `firehose-local test`: runs the cases of a fixture folder against any function.

mod arguments;
mod case_result;
mod command;
mod function;
mod junit;
mod process_function;
mod report;
mod template_function;
mod url_function;

pub(crate) use arguments::Test;
