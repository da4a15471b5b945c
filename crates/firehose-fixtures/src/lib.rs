#![doc = include_str!("docs/overview.md")]

mod answer;
mod case;
mod compact;
mod expected;
mod function;
mod source;
mod suite;

pub use function::run_function;
pub use suite::run;
