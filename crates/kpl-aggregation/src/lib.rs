#![doc = include_str!("docs/overview.md")]

mod aggregate;
mod aggregate_builder;
mod aggregate_error;
mod aggregator;
mod deaggregated;
mod deaggregator;
#[cfg(feature = "event")]
mod event;
mod frame;
mod hash_key;
mod key_table;
mod limits;
mod lost_records;
mod message;
mod range_filter;
mod raw_user_record;
mod table_lookup;
#[cfg(feature = "transform")]
mod unpack;

pub use aggregate::Aggregate;
pub use aggregate_error::AggregateError;
pub use aggregator::Aggregator;
pub use deaggregated::Deaggregated;
pub use deaggregator::{Deaggregator, deaggregate};
#[cfg(feature = "event")]
pub use event::{
    kinesis_event::{KinesisEvent, NotAnEvent},
    kinesis_record::KinesisRecord,
    record_error::RecordError,
    user_record::UserRecord,
    user_records::{UserRecords, deaggregate_records, iter_deaggregate_records},
};
pub use frame::is_aggregated;
pub use hash_key::{HashKey, HashKeyRange, InvalidHashKey, InvalidHashKeyRange};
pub use lost_records::LostRecords;
pub use raw_user_record::RawUserRecord;
#[cfg(feature = "transform")]
pub use unpack::transform::Unpack;
