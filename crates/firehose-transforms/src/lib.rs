#![doc = include_str!("docs/overview.md")]

#[cfg(feature = "cloudwatch_logs")]
pub mod cloudwatch_logs;
#[cfg(feature = "compression")]
pub mod compression;
#[cfg(feature = "jq")]
pub mod jq;
