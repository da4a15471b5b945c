//! The evaluation of a configuration: variables, locals, modules, data sources, and the resources
//! with their `count`, `for_each` and `dynamic` blocks.
//!
//! Values are evaluated on request and kept. If a reference cannot be evaluated, only the values that
//! depend on the reference are unknown.

mod absent_resource;
mod bodies;
mod computed_attributes;
mod data_sources;
mod evaluator;
mod file_functions;
mod instance_key;
mod instances;
mod module_instance;
mod module_scope;
mod modules;
mod references;
mod resource_attributes;
mod resource_list;
mod variables;

pub(crate) use absent_resource::AbsentResource;
pub(crate) use computed_attributes::{computed_attribute, name_attribute};
pub(crate) use evaluator::Evaluator;
pub(crate) use resource_list::ResourceList;
