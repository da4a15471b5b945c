#![doc = include_str!("docs/overview.md")]

mod arn;
mod cloudformation;
mod deployment;
mod error;

pub use cloudformation::read_cloudformation;
pub use deployment::{DeployedFunction, Deployment, KinesisStream, Note, Warning};
pub use error::TemplateError;
