//! The language of CloudFormation and SAM templates: YAML and JSON, parameters, conditions,
//! mappings and intrinsic functions.
//!
//! The evaluator contains no rules of Firehose. Its interface has five types: [`Node::parse`] reads
//! a text, [`Template::new`] binds the parameters, and a [`Resource`] returns its properties as a
//! [`Mapping`] of [`ResolvedValue`]s. Values are evaluated on request. A function that cannot be
//! evaluated is an error only where code reads its value.

mod budget;
mod conditions;
mod declaration;
mod evaluated;
mod for_each;
mod imports;
mod intrinsic_functions;
mod local_names;
mod mapping;
mod missing_parameters;
mod node;
mod outputs;
mod parameters;
mod paths;
mod pseudo_parameters;
mod references;
mod repeated_keys;
mod resolve;
mod resolved_value;
mod resource;
mod resource_names;
#[cfg(test)]
mod sample_value;
mod substitution;
mod template;
mod unresolved;
mod unused_property;
mod yaml;

pub(crate) use mapping::Mapping;
pub(crate) use node::Node;
pub(crate) use outputs::Outputs;
pub(crate) use paths::Addresses;
pub(crate) use repeated_keys::RepeatedKey;
pub(crate) use resolved_value::ResolvedValue;
pub(crate) use resource::Resource;
pub(crate) use template::Template;
pub(crate) use unresolved::{Cause, Unresolved};
pub use yaml::MAX_TEMPLATE_BYTES;
