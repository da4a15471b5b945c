//! A Firehose transform over the user records of an aggregate.

mod transform;

pub use transform::Unpack;
