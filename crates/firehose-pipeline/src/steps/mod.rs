//! The steps and their registry. To add a step, add its file and its line in the registry.

mod add;
mod cast;
pub(crate) mod field_map;
mod fields_options;
pub(crate) mod filter_text;
mod flatten;
mod hash;
mod jq;
mod json_schema;
mod json_step;
mod mask;
mod match_patterns;
mod parse;
mod pick;
mod predicate;
mod redact;
pub(crate) mod registry;
mod remove;
mod rename;
mod snake_case;
pub(crate) mod step_list;
pub(crate) mod step_options;
