//! JSON payloads, read member by member, and the errors of reading and writing JSON.

pub(crate) mod error;
mod error_text;
pub(crate) mod is_none;
pub(crate) mod members;
