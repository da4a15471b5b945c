#![doc = include_str!("docs/overview.md")]

mod aggregate;
mod aggregate_builder;
mod aggregate_error;
mod aggregator;
mod deaggregator;
mod decoded_key_tables;
#[cfg(feature = "event")]
mod event;
mod frame;
mod hash_key;
mod key_table_builder;
mod limits;
mod lost_records;
mod message;
mod range_filter;
mod raw_user_record;
mod raw_user_record_iter;
mod shard_aggregator;
#[cfg(feature = "transform")]
mod unpack;

pub use aggregate::Aggregate;
pub use aggregate_error::AggregateError;
pub use aggregator::Aggregator;
pub use deaggregator::{Deaggregator, deaggregate};
#[cfg(feature = "event")]
pub use event::{
    kinesis_event::{KinesisEvent, NotAnEvent},
    kinesis_record::KinesisRecord,
    record_error::RecordError,
    user_record::UserRecord,
    user_records::{UserRecords, deaggregate_records, iter_deaggregate_records},
};
pub use frame::{has_magic, is_aggregated};
pub use hash_key::{HashKey, HashKeyRange, InvalidHashKey, InvalidHashKeyRange};
pub use lost_records::LostRecords;
pub use raw_user_record::RawUserRecord;
pub use raw_user_record_iter::RawUserRecordIter;
pub use shard_aggregator::ShardAggregator;
#[cfg(feature = "transform")]
pub use unpack::{kpl_user_records::KplUserRecords, transform::Unpack};
