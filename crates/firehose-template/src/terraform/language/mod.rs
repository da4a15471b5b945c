//! The expression language of Terraform: values, operators, functions and templates.
//!
//! The language contains neither files nor resources. A [`Scope`] returns the values of names.

mod budget;
mod expression;
mod for_expression;
pub(crate) mod functions;
mod interpreter;
mod operators;
mod scope;
mod sets;
mod template;
mod traversal;
mod type_constraint;
mod value;

pub(crate) use budget::EvaluationBudget;
pub(crate) use expression::evaluate;
pub(crate) use interpreter::Interpreter;
pub(crate) use scope::{Bindings, Scope};
pub(crate) use traversal::apply_operators;
pub(crate) use type_constraint::conform;
pub(crate) use value::{Fault, Value};
