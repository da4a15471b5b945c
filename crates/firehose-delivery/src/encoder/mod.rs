//! Encoders: the records of one object in, the bytes of the object out.
//!
//! [`ObjectEncoder`] is the trait, with one file per implementation. [`AnyEncoder`] has a variant
//! for each implementation, chosen by the compression of the object.

mod any_encoder;
#[cfg(test)]
mod conformance;
mod delimiter;
mod gzip_encoder;
mod object_encoder;
mod pieces;
mod plain_encoder;

pub(crate) use any_encoder::AnyEncoder;
pub(crate) use object_encoder::{EncodedObject, ObjectEncoder};
