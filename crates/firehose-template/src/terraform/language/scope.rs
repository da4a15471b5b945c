use std::rc::Rc;

use hcl_edit::{Decorated, expr::TraversalOperator};

use super::{
    budget::EvaluationBudget,
    value::{Fault, Value},
};

/// The names that an expression can use.
pub(crate) trait Scope {
    /// Returns the value of a reference such as `var.name` or `aws_s3_bucket.logs.arn`. `root` is the
    /// first name, and `operators` follow it.
    fn reference(
        &self,
        root: &str,
        operators: &[Decorated<TraversalOperator>],
        bindings: &Bindings,
    ) -> Result<Value, Fault>;

    /// Calls a function that reads a file or returns a path, such as `file` or `abspath`. Returns `None`
    /// for any other function.
    fn file_function(
        &self,
        name: &str,
        arguments: &[Value],
        bindings: &Bindings,
    ) -> Option<Result<Value, Fault>>;

    /// Returns the budget of the evaluation.
    fn budget(&self) -> &EvaluationBudget;
}

/// The names that surrounding expressions define, such as the variables of a `for` expression. If two
/// expressions define a name, the inner definition counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bindings(Option<Rc<Binding>>);

#[derive(Debug)]
struct Binding {
    name: String,
    value: Value,
    outer: Bindings,
}

impl Bindings {
    /// Returns these bindings and a further one.
    #[must_use]
    pub(crate) fn with(&self, name: &str, value: Value) -> Self {
        Self(Some(Rc::new(Binding { name: name.to_owned(), value, outer: self.clone() })))
    }

    /// Returns the value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let mut bindings = self;
        while let Some(binding) = &bindings.0 {
            if binding.name == name {
                return Some(&binding.value);
            }
            bindings = &binding.outer;
        }
        None
    }
}
