//! Reads the resources that decide what Firehose delivers.

mod check;
mod delivery_stream;
mod destination;
mod kinesis_stream;
mod lambda_function;
mod notes;
mod processing;
mod read;
