//! The format as its users see it.

mod decisions;
#[cfg(feature = "event")]
mod event;
mod properties;
#[cfg(feature = "transform")]
mod unpack;
