use std::cell::Cell;

use crate::error::TemplateError;

/// The maximum nesting depth of functions and references.
const MAX_DEPTH: u32 = 100;

/// The maximum number of steps for one template: function calls plus bytes of text. This limit
/// bounds memory and time when references expand exponentially.
const MAX_STEPS: usize = 10_000_000;

/// The depth and the steps that an evaluation has used.
#[derive(Debug, Default)]
pub(super) struct Budget {
    depth: Cell<u32>,
    steps: Cell<usize>,
}

impl Budget {
    /// Runs `evaluate` one level deeper. A circular reference fails at the maximum depth.
    pub(super) fn nest<T>(
        &self,
        path: &str,
        evaluate: impl FnOnce() -> Result<T, TemplateError>,
    ) -> Result<T, TemplateError> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            let reason = format!(
                "functions and references are nested more than {MAX_DEPTH} levels deep; check for \
                 a circular reference"
            );
            return Err(TemplateError::wrong(path, reason));
        }
        self.spend(0, path)?;
        self.depth.set(depth + 1);
        let result = evaluate();
        self.depth.set(depth);
        result
    }

    /// Counts one step and `bytes` bytes of text.
    pub(super) fn spend(&self, bytes: usize, path: &str) -> Result<(), TemplateError> {
        let steps = self.steps.get().saturating_add(bytes).saturating_add(1);
        self.steps.set(steps);
        if steps > MAX_STEPS {
            let reason = format!(
                "the evaluation takes more than {MAX_STEPS} steps; check for references that \
                 expand exponentially"
            );
            return Err(TemplateError::wrong(path, reason));
        }
        Ok(())
    }
}
