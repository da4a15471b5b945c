//! The language of CloudFormation and SAM templates: YAML and JSON, parameters, conditions,
//! mappings and intrinsic functions.
//!
//! The evaluator does not know Firehose. Its whole interface are the five types below:
//! [`Node::parse`] reads a text, [`Template::new`] binds the parameters, and a [`Resource`] gives
//! its properties as a [`Mapping`] of [`ResolvedValue`]s. A value is evaluated on request, so that
//! a function that cannot be evaluated matters only to the reader of that value.

mod budget;
mod conditions;
mod declaration;
mod evaluate;
mod functions;
mod mapping;
mod node;
mod parameters;
mod pseudo_parameters;
mod references;
mod resolved_value;
mod resource;
mod resource_names;
#[cfg(test)]
mod sample;
mod substitution;
mod template;
mod yaml;

pub(crate) use mapping::Mapping;
pub(crate) use node::Node;
pub(crate) use resolved_value::ResolvedValue;
pub(crate) use resource::Resource;
pub(crate) use template::Template;
pub use yaml::MAX_TEMPLATE_BYTES;
