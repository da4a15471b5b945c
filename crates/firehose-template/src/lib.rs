#![doc = include_str!("docs/overview.md")]

mod arn;
mod cloudformation;
mod deployment;
mod error;
mod given_values;
mod infrastructure_code;
mod terraform;

#[cfg(doc)]
#[doc = include_str!("docs/terraform.md")]
pub mod terraform_configurations {}

pub use cloudformation::{MAX_TEMPLATE_BYTES, read_cloudformation, read_cloudformation_function};
pub use deployment::{
    DeployedFunction, Deployment, FunctionCode, KinesisStream, Note, UndeployedStream,
    UnsupportedStream, Warning,
};
pub use error::{MissingValue, TemplateError};
pub use given_values::GivenValues;
pub use infrastructure_code::{InfrastructureCode, InfrastructureKind};
