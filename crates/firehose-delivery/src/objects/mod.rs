//! Objects: the writer that collects records into objects and uploads the objects to a store.
//!
//! A delivery and a replay share [`ObjectWriter`]. They differ in the groups of records that share
//! an object ([`ObjectLayout`]), in the contents that they keep per object until its upload ends
//! ([`ObjectContents`]), and in their limits ([`ObjectLimits`]).

#[cfg(test)]
mod tests;

mod delivered_object;
mod object_buffer;
mod object_contents;
mod object_layout;
mod object_limits;
mod object_list;
mod object_writer;
mod uploads;

pub use delivered_object::DeliveredObject;
pub(crate) use object_contents::ObjectContents;
pub(crate) use object_layout::{Arrivals, ObjectLayout};
pub(crate) use object_limits::ObjectLimits;
pub use object_list::ObjectList;
pub(crate) use object_writer::ObjectWriter;
pub(crate) use uploads::UploadResult;
