#![doc = include_str!("docs/overview.md")]

mod aggregator;
mod deaggregate;
mod error;
#[cfg(feature = "event")]
mod event;
mod frame;
mod hash_key;
mod message;
#[cfg(feature = "transform")]
mod transform;

pub use aggregator::{Aggregate, AggregateError, Aggregator};
pub use deaggregate::{Deaggregated, Deaggregator, RawUserRecord, deaggregate};
pub use error::LostRecords;
#[cfg(feature = "event")]
pub use event::{
    KinesisEvent, KinesisRecord, NotAnEvent, RecordError, UserRecord, UserRecords,
    deaggregate_records, iter_deaggregate_records,
};
pub use frame::is_aggregated;
pub use hash_key::{HashKey, HashKeyRange, InvalidHashKey, InvalidHashKeyRange};
#[cfg(feature = "transform")]
pub use transform::Unpack;
