//! The translation of Terraform's resources to the properties of CloudFormation, so that one reader
//! knows what the resources mean.
//!
//! Each property has its path in Terraform, such as
//! `aws_kinesis_firehose_delivery_stream.clicks.extended_s3_configuration[0].prefix`. Errors, notes
//! and warnings show these paths.

mod archives;
mod delivery_stream;
mod document;
mod function;
mod glue_table;
mod kinesis_stream;
mod known_arns;
mod names;
mod role;
mod translation;

pub(crate) use document::{PropertyTree, is_read};
