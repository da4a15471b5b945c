#![doc = include_str!("docs/overview.md")]

mod arn;
mod check;
mod conditions;
mod delivery_stream;
mod deployment;
mod destination;
mod error;
mod functions;
mod kinesis_stream;
mod lambda_function;
mod node;
mod notes;
mod parameters;
mod processing;
mod property;
mod read;
mod reference;
mod resource;
#[cfg(test)]
mod sample;
mod scope;
mod substitution;
mod yaml;

pub use deployment::{DeployedFunction, Deployment, KinesisStream};
pub use error::TemplateError;
