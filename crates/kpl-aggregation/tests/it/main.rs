//! Tests of the KPL format through the public API.

#[cfg(feature = "event")]
mod event;
mod peer_differences;
mod properties;
mod shards;
#[cfg(feature = "transform")]
mod unpack;
