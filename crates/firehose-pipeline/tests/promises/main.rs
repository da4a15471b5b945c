//! The promises of the runtime hold for any pipeline and any records.

mod answers;
mod payloads;
mod pipelines;
mod properties;
