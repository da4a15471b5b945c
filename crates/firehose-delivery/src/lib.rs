//! Amazon Data Firehose delivery streams at work: records in, objects out.
//!
//! The crate holds the settings of a delivery stream ([`delivery_stream`]), the sources of its
//! records ([`source`]), the functions that transform them ([`function`], [`runtime_api`]), the
//! delivery itself ([`delivery`]), the stores that take objects ([`store`]), the replay of failed
//! records ([`replay`]), and measurements of a function ([`sizing`]).

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
