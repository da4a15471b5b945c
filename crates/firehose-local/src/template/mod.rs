//! What a CloudFormation or SAM template deploys, as far as it decides what is delivered.

mod deployment;

pub use deployment::{DeployedFunction, Deployment, KinesisStream};
