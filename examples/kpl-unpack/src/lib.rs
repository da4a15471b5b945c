#![doc = include_str!("../README.md")]

use firehose_runtime::{Outcome, Record, Transform, transform_fn};
use kpl_aggregation::Unpack;

/// The transform: each user record of an aggregate as a line, blank ones left out.
pub fn transform() -> impl Transform {
    Unpack::new(transform_fn(|record: Record| match record.data().trim_ascii() {
        b"" => Outcome::Dropped,
        _ => record.into_data().into(),
    }))
}
