//! The format as its users see it.

#[cfg(feature = "event")]
mod event;
mod properties;
