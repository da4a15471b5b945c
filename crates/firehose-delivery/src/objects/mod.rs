//! Objects: the writer that collects records into objects and uploads the objects to a store.
//!
//! A delivery and a replay share [`ObjectWriter`]. They differ in the groups of records that share
//! an object ([`ObjectLayout`]), in the contents that they keep per object until its upload ends
//! ([`ObjectContents`]), and in their limits ([`ObjectLimits`]).

#[cfg(test)]
mod tests;

mod object_buffer;
mod object_contents;
mod object_layout;
mod object_limits;
mod object_writer;
mod uploads;

pub(crate) use object_contents::ObjectContents;
pub(crate) use object_layout::{Arrivals, ObjectLayout};
pub(crate) use object_limits::ObjectLimits;
pub(crate) use object_writer::ObjectWriter;
pub(crate) use uploads::UploadResult;
