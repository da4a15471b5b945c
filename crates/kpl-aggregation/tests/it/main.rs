//! The format through the public API.

mod decisions;
#[cfg(feature = "event")]
mod event;
mod properties;
#[cfg(feature = "transform")]
mod unpack;
