use std::cell::Cell;

use super::value::Fault;

/// The maximum nesting depth of expressions and references. The evaluation runs on a thread whose
/// stack is large enough: see `on_large_stack`.
const MAX_DEPTH: u32 = 1_000;

/// The maximum number of steps for one configuration: expressions, values and bytes of text. This
/// limit bounds memory and time when references expand exponentially.
const MAX_STEPS: usize = 20_000_000;

/// The depth and the steps that an evaluation has used.
#[derive(Debug, Default)]
pub(crate) struct EvaluationBudget {
    depth: Cell<u32>,
    steps: Cell<usize>,
}

impl EvaluationBudget {
    /// Runs `evaluate` one level deeper.
    pub(crate) fn nest<T>(&self, evaluate: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            return Err(Fault::new(format!(
                "expressions and references are nested more than {MAX_DEPTH} levels deep"
            )));
        }
        self.spend(1)?;
        self.depth.set(depth + 1);
        let result = evaluate();
        self.depth.set(depth);
        result
    }

    /// Counts steps.
    pub(crate) fn spend(&self, steps: usize) -> Result<(), Fault> {
        let sum = self.steps.get().saturating_add(steps);
        self.steps.set(sum);
        if sum > MAX_STEPS {
            return Err(Fault::new(format!(
                "the evaluation takes more than {MAX_STEPS} steps; check for references that \
                 expand exponentially"
            )));
        }
        Ok(())
    }
}
