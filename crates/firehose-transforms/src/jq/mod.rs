#![doc = include_str!("docs.md")]

mod error;
mod evaluate;
mod filter;
mod filter_error;
mod functions;
mod limits;
mod meter;
mod syntax;
mod transform;
mod value;

pub use error::JqError;
pub use filter::JqFilter;
pub use filter_error::JqFilterError;
pub use limits::JqLimits;
pub use transform::Jq;
