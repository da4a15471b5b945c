//! The reader of CloudFormation and SAM templates.
//!
//! [`evaluator`] knows the language of templates, [`resources`] knows the meaning of Firehose's
//! resources. Only `resources` depends on the other.

pub(crate) mod evaluator;
mod read;
pub(crate) mod resources;
#[cfg(test)]
mod sample;

pub use evaluator::MAX_TEMPLATE_BYTES;
pub use read::read_cloudformation;
