use std::rc::Rc;

use hcl_edit::{Decorated, expr::TraversalOperator};

use super::{evaluator::Evaluator, instance_key::InstanceKey, module_instance::ModuleInstance};
use crate::terraform::language::{Bindings, EvaluationBudget, Fault, Scope, Value};

/// The names inside one instance of a block of a module.
#[derive(Clone, Debug)]
pub(super) struct ModuleScope<'e, 'a> {
    pub evaluator: &'e Evaluator<'a>,
    pub instance: Rc<ModuleInstance<'a>>,
    pub key: InstanceKey,
}

impl<'e, 'a> ModuleScope<'e, 'a> {
    /// Creates the scope of a module, outside a block with `count` or `for_each`.
    pub(super) fn new(evaluator: &'e Evaluator<'a>, instance: &Rc<ModuleInstance<'a>>) -> Self {
        Self { evaluator, instance: Rc::clone(instance), key: InstanceKey::Only }
    }

    /// Returns the scope of an instance of a block.
    pub(super) fn with_key(&self, key: &InstanceKey) -> Self {
        Self { key: key.clone(), ..self.clone() }
    }
}

impl Scope for ModuleScope<'_, '_> {
    fn reference(
        &self,
        root: &str,
        operators: &[Decorated<TraversalOperator>],
        bindings: &Bindings,
    ) -> Result<Value, Fault> {
        self.evaluator.reference(self, root, operators, bindings)
    }

    fn file_function(
        &self,
        name: &str,
        arguments: &[Value],
        _: &Bindings,
    ) -> Option<Result<Value, Fault>> {
        self.evaluator.file_function(self, name, arguments)
    }

    fn budget(&self) -> &EvaluationBudget {
        &self.evaluator.budget
    }
}
