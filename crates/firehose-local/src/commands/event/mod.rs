//! `firehose-local event`: makes events from lines and files, and shows the payloads of events.

mod arguments;
mod command;
mod decode;
mod decoded_record;
mod expected_records;
mod payloads;
mod sample_event;
mod source_arg;

pub(crate) use arguments::MakeEvent;
pub(super) use source_arg::SourceArg;
