//! A function whose initialization fails (`INIT=fail`) or panics (`INIT=panic`). A test checks that
//! Lambda receives the error.

use std::{env, io};

use firehose_runtime::{BoxError, Record, Transform, run_with, transform_fn};

async fn transform() -> Result<impl Transform, BoxError> {
    match env::var("INIT").as_deref() {
        Ok("fail") => Err(io::Error::other("connection refused").into()),
        Ok("panic") => panic!("no such variable"),
        _ => Ok(transform_fn(|record: Record| record.into_data())),
    }
}

fn main() -> Result<(), BoxError> {
    run_with(transform())
}
