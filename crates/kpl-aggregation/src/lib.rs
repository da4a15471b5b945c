#![doc = include_str!("docs/overview.md")]

mod aggregator;
mod deaggregator;
#[cfg(feature = "event")]
mod event;
mod frame;
mod hash_key;
mod lost_records;
mod message;
#[cfg(feature = "transform")]
mod unpack;

pub use aggregator::{Aggregate, AggregateError, Aggregator};
pub use deaggregator::{Deaggregated, Deaggregator, RawUserRecord, deaggregate};
#[cfg(feature = "event")]
pub use event::{
    KinesisEvent, KinesisRecord, NotAnEvent, RecordError, UserRecord, UserRecords,
    deaggregate_records, iter_deaggregate_records,
};
pub use frame::is_aggregated;
pub use hash_key::{HashKey, HashKeyRange, InvalidHashKey, InvalidHashKeyRange};
pub use lost_records::LostRecords;
#[cfg(feature = "transform")]
pub use unpack::Unpack;
