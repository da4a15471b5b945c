//! Amazon Data Firehose delivery streams at work: records in, objects and requests out.
//!
//! The crate is an engine: it reads no arguments and writes nothing to a terminal.
//! It reports its work as events to an [observer].
//!
//! | module | content |
//! |---|---|
//! | [`delivery_stream`] | the settings of a delivery stream, and the formats of Firehose |
//! | [`source`] | inputs, and the streams that records are put into |
//! | [`processors`] | the stages between source and destination |
//! | [`function`](mod@function), [`runtime_api`] | the functions that transform records |
//! | [`store`] | the folders and buckets that hold objects |
//! | [`delivery`] | the counts of a delivery, and the positions of its records |
//! | [`run`] | a whole run: an input, delivery streams, functions and a store |
//! | [`replay`] | failed records, sent through a function again |
//! | [`sizing`] | measurements of a function |
//!
//! # Extension points
//!
//! Each extension point is a trait. Each implementation has its own file, and passes the
//! conformance test of the trait. To add an implementation, write a new file and register it:
//!
//! | trait | module | input | output |
//! |---|---|---|---|
//! | [`RecordProcessor`](processors::RecordProcessor) | `processors` | a record | records, or a failure |
//! | `BatchProcessor` | `processors` | records | batches with an outcome for each record |
//! | `Function` | `function` | the bytes of an event | the bytes of a response |
//! | `Destination` | `destinations` | records and failed records | objects or requests, and error output |
//! | `RequestProtocol` | `destinations::requests` | a batch of records | requests, and the outcome of each record |
//! | `ObjectEncoder` | `encoder` | the records of one object | the bytes of the object |
//!
//! # Dependencies
//!
//! Firehose's own processors come from `firehose-transforms`: CloudWatch Logs, gzip and jq. Its
//! features for them add `jaq-core` and `regex` to the packages of this crate, and about 2 MB to a
//! binary. A delivery stream uses only the processors of its settings.

mod atomic_file;
pub mod aws_names;
pub mod delivery;
pub mod delivery_stream;
mod destinations;
mod encoder;
pub mod function;
mod now;
mod objects;
pub mod observer;
pub mod processors;
mod reading;
pub mod replay;
pub mod run;
pub mod runtime_api;
pub mod sizing;
pub mod source;
pub mod store;
