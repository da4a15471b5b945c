#![doc = include_str!("../README.md")]

use firehose_runtime::{Outcome, Record, Transform, transform_fn};
use kpl_aggregation::Unpack;

/// Returns the transform, which writes each user record as a line, and leaves out blank user
/// records.
pub fn transform() -> impl Transform {
    Unpack::new(transform_fn(|record: Record| match record.data().trim_ascii() {
        b"" => Outcome::Dropped,
        _ => record.into_data().into(),
    }))
}
