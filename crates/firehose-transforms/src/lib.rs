#![doc = include_str!("docs/overview.md")]

#[cfg(feature = "cloudwatch_logs")]
pub mod cloudwatch_logs;
#[cfg(feature = "compression")]
pub mod compression;
#[cfg(feature = "fields")]
pub mod fields;
#[cfg(feature = "parse")]
pub mod parse;
#[cfg(feature = "paths")]
#[allow(unused, reason = "the modules that use the rest follow")]
pub mod paths;
