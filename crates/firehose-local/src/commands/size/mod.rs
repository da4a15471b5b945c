//! `firehose-local size`: measures a function, and recommends settings.

mod architecture;
mod arguments;
mod command;
mod exit_code;
mod json_report;
mod memory_cost;
mod notes;
mod report;

pub(crate) use arguments::Size;
