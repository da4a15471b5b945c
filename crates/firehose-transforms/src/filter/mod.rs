#![doc = include_str!("docs.md")]

mod filter_error;
#[cfg(feature = "json_schema")]
pub(crate) mod json_schema;
pub(crate) mod on_reject;
#[cfg(feature = "filter")]
mod pattern_error;
#[cfg(feature = "filter")]
pub(crate) mod pattern_filter;
#[cfg(feature = "json_schema")]
mod schema_error;

pub use filter_error::FilterError;
#[cfg(feature = "json_schema")]
pub use json_schema::JsonSchema;
pub use on_reject::OnReject;
#[cfg(feature = "filter")]
pub use pattern_error::PatternError;
#[cfg(feature = "filter")]
pub use pattern_filter::PatternFilter;
#[cfg(feature = "json_schema")]
pub use schema_error::SchemaError;
