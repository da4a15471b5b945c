#![doc = include_str!("docs.md")]
#![allow(
    clippy::needless_pass_by_value,
    reason = "evaluation passes values by value, and the functions of a table share a signature"
)]

mod error;
mod evaluate;
mod fidelity;
mod filter;
mod filter_error;
mod functions;
mod input;
mod limits;
mod meter;
mod syntax;
mod transform;
mod values;

pub use error::JqError;
pub use filter::JqFilter;
pub use filter_error::JqFilterError;
pub use input::JqInput;
pub use limits::JqLimits;
pub use transform::Jq;
