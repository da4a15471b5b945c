//! JSON payloads: as values, or as they are written.

mod error;
mod json_fn;
mod members;

pub use error::JsonError;
pub use json_fn::{IntoJsonOutcome, JsonFn, json_fn};
pub use members::{JsonMember, JsonMembers};
