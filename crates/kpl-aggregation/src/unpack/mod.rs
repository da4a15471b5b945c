//! A Firehose transform that runs another one on each user record of an aggregate.

mod joined_outputs;
pub(crate) mod transform;
