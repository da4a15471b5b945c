#![doc = include_str!("docs/overview.md")]

mod answer;
mod case;
mod compact;
mod expected;
mod source;
mod suite;

pub use suite::run;
