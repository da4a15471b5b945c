#![doc = include_str!("docs/overview.md")]

mod arn;
mod cloudformation;
mod deployment;
mod error;

pub use cloudformation::{MAX_TEMPLATE_BYTES, read_cloudformation};
pub use deployment::{DeployedFunction, Deployment, KinesisStream, Note, Warning};
pub use error::TemplateError;
