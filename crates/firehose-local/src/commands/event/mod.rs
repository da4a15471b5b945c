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
pub(super) use sample_event::{numbered_event, sample_record_id, sample_record_number};
pub(super) use source_arg::SourceArg;
