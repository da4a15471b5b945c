use std::rc::Rc;

use super::super::values::value::Value;

/// The keys from the root to a value, the last key first.
#[derive(Clone, Debug, Default)]
pub(super) struct Path(Option<Rc<Step>>);

#[derive(Debug)]
struct Step {
    key: Value,
    before: Path,
}

/// A value with its path. A value that the filter has computed has no path.
#[derive(Clone, Debug)]
pub(super) struct Located {
    pub(super) value: Value,
    pub(super) path: Option<Path>,
}

impl Path {
    pub(super) fn with(&self, key: Value) -> Self {
        Self(Some(Rc::new(Step { key, before: self.clone() })))
    }

    /// Returns the keys in order, beginning at the root.
    pub(super) fn keys(&self) -> Vec<Value> {
        let mut keys = Vec::new();
        let mut path = self;
        while let Some(step) = &path.0 {
            keys.push(step.key.clone());
            path = &step.before;
        }
        keys.reverse();
        keys
    }
}

/// Drops long paths without recursion.
impl Drop for Step {
    fn drop(&mut self) {
        let mut before = self.before.0.take();
        while let Some(mut step) = before.and_then(Rc::into_inner) {
            before = step.before.0.take();
        }
    }
}
