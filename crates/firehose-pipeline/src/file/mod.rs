//! The types of the pipeline file, from which its JSON Schema is generated, and its errors.

pub(crate) mod decompress;
mod empty_file;
mod field_position;
mod file_limits;
pub(crate) mod input;
pub(crate) mod json_constant;
pub(crate) mod on_error;
pub(crate) mod one_or_many;
pub(crate) mod output;
pub(crate) mod parse;
pub(crate) mod pipeline_file;
mod position_at;
mod regex_error;
pub(crate) mod schema;
pub(crate) mod short_or_long;
mod suggestion;
mod type_error;
pub(crate) mod unique_names;
