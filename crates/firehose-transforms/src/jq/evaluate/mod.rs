//! Runs a program.

mod bind;
mod each;
mod env;
mod folds;
mod forms;
mod loops;
pub(crate) mod machine;
mod one;
mod operators;
mod path;
mod paths;
mod substitute;
mod update;
