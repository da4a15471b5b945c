//! `firehose-local size`: measures a function, and recommends settings.

mod architecture;
mod arguments;
mod exit_code;
mod json_report;
mod measure;
mod notes;
mod report;

pub(crate) use arguments::Size;
