//! Reads CloudFormation and SAM templates.

mod evaluator;
mod resources;
