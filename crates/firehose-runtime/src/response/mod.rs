//! The response as it is on the wire.

mod writer;

pub(crate) use writer::ResponseWriter;
