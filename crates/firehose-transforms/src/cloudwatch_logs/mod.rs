#![doc = include_str!("docs.md")]

mod envelope;
mod error;
mod events;
mod halves;
mod item_form;
mod message;
mod splitter;

pub use error::CloudWatchLogsError;
pub use splitter::CloudWatchLogs;
