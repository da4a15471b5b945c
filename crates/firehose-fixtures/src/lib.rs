#![doc = include_str!("docs/overview.md")]

mod case;
mod compact;
mod difference;
mod expected;
mod json_function;
mod payload;
mod run_handler;
mod source;
mod suite;

pub use json_function::run_function;
pub use run_handler::check_response;
pub use suite::run;
