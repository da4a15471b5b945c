#![doc = include_str!("docs/overview.md")]

#[cfg(feature = "cloudwatch_logs")]
pub mod cloudwatch_logs;
#[cfg(feature = "compression")]
pub mod compression;
#[cfg(feature = "csv")]
pub mod csv;
#[cfg(feature = "encode")]
pub mod encode;
#[cfg(feature = "fields")]
pub mod fields;
#[cfg(any(feature = "filter", feature = "json_schema"))]
pub mod filter;
#[cfg(feature = "jq")]
pub mod jq;
#[cfg(any(feature = "jq", feature = "paths"))]
mod json_escape;
#[cfg(any(feature = "jq", feature = "parse"))]
mod nearest_name;
#[cfg(feature = "parse")]
pub mod parse;
#[cfg(feature = "paths")]
#[cfg_attr(
    not(all(feature = "fields", feature = "redact")),
    allow(unused, reason = "each feature uses a part of the engine")
)]
pub mod paths;
#[cfg(feature = "redact")]
pub mod redact;

#[cfg(any(feature = "jq", feature = "parse"))]
pub use nearest_name::nearest_name;
