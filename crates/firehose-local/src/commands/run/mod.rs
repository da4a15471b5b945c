//! `firehose-local run`: a whole local delivery.

mod arguments;
mod command;
mod functions;
mod path_check;
mod plan;
mod report;

pub(crate) use arguments::Run;
