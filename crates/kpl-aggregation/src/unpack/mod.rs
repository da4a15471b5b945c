//! A Firehose transform that runs another transform on each user record of an aggregate.

pub(crate) mod kpl_user_records;
pub(crate) mod transform;
