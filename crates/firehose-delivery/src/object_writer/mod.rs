//! The writer of objects: collects records into objects and uploads the objects to a store.

mod object_buffer;
mod uploads;

pub(crate) use object_buffer::ObjectBuffer;
pub(crate) use uploads::{UploadResult, Uploads};
