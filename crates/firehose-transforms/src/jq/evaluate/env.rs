use std::{mem, rc::Rc};

use super::super::{meter::Exceeded, syntax::node::Node, values::value::Value};

/// The most frames that one frame may keep, by its outer frames or by the environment of its filter
/// argument. A function that calls itself with a filter argument, such as `def f(x): f(x + 1)`, keeps a
/// frame for each call. With 80 bytes for a frame, the frames of one call take at most 16 MB.
const MAX_DEPTH: u32 = 200_000;

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
    /// The length of the longest list of frames that this frame keeps, with this frame.
    depth: u32,
}

impl<'p> Env<'p> {
    /// Returns the environment with one more frame, which is the innermost.
    ///
    /// # Errors
    ///
    /// If the frames are too many.
    pub(super) fn with(&self, binding: Binding<'p>) -> Result<Self, Exceeded> {
        let kept = match &binding {
            Binding::Filter { env, .. } => self.depth().max(env.depth()),
            Binding::Value(_) | Binding::Label(_) => self.depth(),
        };
        if kept >= MAX_DEPTH {
            return Err(Exceeded::Stack);
        }
        Ok(Self(Some(Rc::new(Frame { binding, outer: self.clone(), depth: kept + 1 }))))
    }

    fn depth(&self) -> u32 {
        self.0.as_ref().map_or(0, |frame| frame.depth)
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
    /// Moves the environments that only this frame owns to `pending`, and gives up the others. Nothing
    /// stays in the frame: another owner may give up an environment before the frame itself is freed,
    /// which would then free that environment by recursion.
    fn release(&mut self, pending: &mut Vec<Env<'p>>) {
        let mut release = |env: &mut Env<'p>| {
            let env = mem::take(env);
            if env.is_last_owner() {
                pending.push(env);
            }
        };
        release(&mut self.outer);
        if let Binding::Filter { env, .. } = &mut self.binding {
            release(env);
        }
    }
}
