//! The promises of the runtime hold for any pipeline and any records.

mod answers;
mod names;
mod payloads;
mod pipelines;
mod properties;
#[path = "../oversize/stream.rs"]
mod stream;
mod variety;
