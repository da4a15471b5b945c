//! Evaluates the values of a template.

mod conditions;
mod functions;
pub(crate) mod node;
mod parameters;
pub(crate) mod property;
mod reference;
pub(crate) mod resource;
pub(crate) mod scope;
mod substitution;
mod yaml;
