//! The Lambda function that runs the pipeline of a file.

mod handler;
mod pipeline_text;

pub use handler::handler;
