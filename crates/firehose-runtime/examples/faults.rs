//! A Lambda function that shows that a fault affects only its own record, even in a binary that
//! `cargo lambda build --release` makes.
//!
//! The record `panic` panics, `error` fails, and `drop` is dropped. Any other record is delivered.

use firehose_runtime::{BoxError, Outcome, Record, run, transform_fn};

fn main() -> Result<(), BoxError> {
    run(transform_fn(|record: Record| match record.data().as_ref() {
        b"panic" => panic!("told to panic"),
        b"error" => Outcome::failed("told to fail"),
        b"drop" => Outcome::Dropped,
        _ => record.into_data().into(),
    }))
}
