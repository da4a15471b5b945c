//! A function whose transform does what the record says: `panic`, `error`, `drop`, or anything
//! else, which it delivers. For seeing that a fault costs one record and no other, also in
//! the binary that `cargo lambda build --release` makes.

use firehose_runtime::{BoxError, Outcome, Record, run, transform_fn};

fn main() -> Result<(), BoxError> {
    run(transform_fn(|record: Record| match record.data().as_ref() {
        b"panic" => panic!("told to panic"),
        b"error" => Outcome::failed("told to fail"),
        b"drop" => Outcome::Dropped,
        _ => record.into_data().into(),
    }))
}
