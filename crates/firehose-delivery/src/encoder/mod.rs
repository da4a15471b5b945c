//! Encoders: the records of one object in, the bytes of the object out.

#[expect(clippy::module_inception, reason = "the file holds the type of this name")]
mod encoder;

pub(crate) use encoder::Content;
