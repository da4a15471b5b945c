//! The reader of CloudFormation and SAM templates.
//!
//! [`evaluator`] implements the language of templates. [`resources`] implements the meaning of
//! Firehose's resources. `resources` depends on `evaluator`, and not the reverse.

pub(crate) mod evaluator;
mod linked_stacks;
mod missing_values;
mod read;
mod read_function;
pub(crate) mod resources;
#[cfg(test)]
mod sample_deployment;

pub use evaluator::MAX_TEMPLATE_BYTES;
pub(crate) use linked_stacks::{StackTemplate, read_linked_function, read_linked_stacks};
pub use read::read_cloudformation;
pub(crate) use read::read_document;
pub use read_function::read_cloudformation_function;
pub(crate) use read_function::read_function_of_document;
