//! Compiles the text of a filter into a program.

mod call;
mod chain;
mod compile;
pub(crate) mod definitions;
mod forms;
#[cfg(test)]
mod native_costs;
mod natives;
pub(crate) mod node;
mod old_syntax;
mod parse;
pub(crate) mod program;
mod root_parts;
mod scope;
