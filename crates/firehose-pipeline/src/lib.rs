#![doc = include_str!("docs/overview.md")]

mod error;
mod file;
mod items;
#[cfg(feature = "lambda")]
mod lambda;
mod output;
mod pipeline;
mod steps;

pub use error::PipelineError;
pub use file::schema::schema;
#[cfg(feature = "lambda")]
pub use lambda::handler;
pub use pipeline::Pipeline;
