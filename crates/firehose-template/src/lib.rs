#![doc = include_str!("docs/overview.md")]

mod arn;
mod cloudformation;
mod deployment;
mod error;
#[cfg(test)]
mod sample;

pub use deployment::{DeployedFunction, Deployment, KinesisStream};
pub use error::TemplateError;
