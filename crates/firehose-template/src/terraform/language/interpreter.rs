use super::{
    budget::EvaluationBudget,
    scope::{Bindings, Scope},
};

/// The evaluation of expressions with the names of a scope and of the surrounding expressions.
#[derive(Clone, Copy)]
pub(crate) struct Interpreter<'s> {
    pub(super) scope: &'s dyn Scope,
    pub(super) bindings: &'s Bindings,
}

impl<'s> Interpreter<'s> {
    /// Creates the evaluation of expressions in a scope.
    pub(crate) fn new(scope: &'s dyn Scope, bindings: &'s Bindings) -> Self {
        Self { scope, bindings }
    }

    /// Returns the evaluation of inner expressions, which have further names.
    pub(super) fn with<'t>(self, bindings: &'t Bindings) -> Interpreter<'t>
    where
        's: 't,
    {
        Interpreter { scope: self.scope, bindings }
    }

    pub(super) fn budget(self) -> &'s EvaluationBudget {
        self.scope.budget()
    }
}
