use std::rc::Rc;

use super::super::{syntax::node::Node, values::value::Value};

/// The variables, filter arguments and labels in scope, as a list of frames. The innermost is first.
#[derive(Clone, Debug, Default)]
pub(super) struct Env<'p>(Option<Rc<Frame<'p>>>);

/// The variable, filter argument or label of a frame.
#[derive(Clone, Debug)]
pub(super) enum Binding<'p> {
    Value(Value),
    Filter { node: &'p Node, env: Env<'p> },
    Label(u64),
}

#[derive(Debug)]
struct Frame<'p> {
    binding: Binding<'p>,
    outer: Env<'p>,
}

impl<'p> Env<'p> {
    pub(super) fn with(&self, binding: Binding<'p>) -> Self {
        Self(Some(Rc::new(Frame { binding, outer: self.clone() })))
    }

    /// Returns the environment without its innermost frames.
    pub(super) fn without(&self, frames: usize) -> Self {
        let mut env = self;
        for _ in 0..frames {
            let Some(frame) = &env.0 else { break };
            env = &frame.outer;
        }
        env.clone()
    }

    /// Returns the binding of the frame that has this number of frames inside it.
    pub(super) fn get(&self, frames: usize) -> Option<&Binding<'p>> {
        let mut frame = self.0.as_deref()?;
        for _ in 0..frames {
            frame = frame.outer.0.as_deref()?;
        }
        Some(&frame.binding)
    }

    /// Returns true if the innermost frame has no other owner.
    fn is_last_owner(&self) -> bool {
        self.0.as_ref().is_some_and(|frame| Rc::strong_count(frame) == 1)
    }
}

/// Drops long lists without recursion. Such lists come from functions that call themselves with a
/// filter as the argument.
impl Drop for Frame<'_> {
    fn drop(&mut self) {
        let mut pending = Vec::new();
        self.release(&mut pending);
        while let Some(env) = pending.pop() {
            if let Some(mut frame) = env.0.and_then(Rc::into_inner) {
                frame.release(&mut pending);
            }
        }
    }
}

impl<'p> Frame<'p> {
    /// Moves the environments that only this frame owns to `pending`.
    fn release(&mut self, pending: &mut Vec<Env<'p>>) {
        if self.outer.is_last_owner() {
            pending.push(std::mem::take(&mut self.outer));
        }
        if let Binding::Filter { env, .. } = &mut self.binding
            && env.is_last_owner()
        {
            pending.push(std::mem::take(env));
        }
    }
}
