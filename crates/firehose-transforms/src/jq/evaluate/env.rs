use std::rc::Rc;

use super::super::{syntax::node::Node, values::value::Value};

/// The variables, filter arguments and labels in scope, as a list of frames. The innermost is first.
#[derive(Clone, Debug, Default)]
pub(super) struct Env<'p>(Option<Rc<Frame<'p>>>);

/// What a frame binds.
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

    /// Returns what the frame after this number of frames binds.
    pub(super) fn get(&self, frames: usize) -> Option<&Binding<'p>> {
        let mut frame = self.0.as_deref()?;
        for _ in 0..frames {
            frame = frame.outer.0.as_deref()?;
        }
        Some(&frame.binding)
    }

    fn is_last_owner(&self) -> bool {
        self.0.as_ref().is_some_and(|frame| Rc::strong_count(frame) == 1)
    }
}

/// Drops long lists without recursion. A function that calls itself with a filter makes such lists.
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
