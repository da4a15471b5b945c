//! JSON values and objects as they are written, for events and responses.

pub(crate) mod fields;
pub(crate) mod json_text;
mod lone_surrogates;
