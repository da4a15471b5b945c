//! `recurse`, `until` and `while`. Their steps need no stack, except if the condition may have no
//! output or several.

use std::vec;

use super::{
    super::{
        syntax::node::Node,
        values::{stop::Stop, value::Value},
    },
    env::Env,
    machine::{Emit, Machine},
};

/// The outputs of a step that are still to be visited, and the error after them.
struct Pending {
    values: vec::IntoIter<Value>,
    stop: Option<Stop>,
}

/// The next action after a visit of a value.
enum Next {
    /// Visit the outputs of the step for the value.
    Step,
    /// Visit nothing within the value.
    Skip,
}

impl<'p> Machine<'p> {
    /// Passes a value, the outputs of a filter for the value, their outputs and so on to `emit`.
    pub(super) fn recurse(
        &self,
        filter: &'p Node,
        env: &Env<'p>,
        value: Value,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        self.visit(filter, env, value, &mut |value| {
            emit(value.clone())?;
            Ok(Next::Step)
        })
    }

    pub(super) fn until(
        &self,
        condition: &'p Node,
        step: &'p Node,
        env: &Env<'p>,
        value: Value,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        if condition.single {
            return self.visit(step, env, value, &mut |value| {
                if self.one(condition, env, value.clone())?.is_true() {
                    emit(value.clone())?;
                    return Ok(Next::Skip);
                }
                Ok(Next::Step)
            });
        }
        self.each(condition, env, value.clone(), &mut |done| {
            if done.is_true() {
                return emit(value.clone());
            }
            self.each(step, env, value.clone(), &mut |next| {
                self.until(condition, step, env, next, emit)
            })
        })
    }

    pub(super) fn while_true(
        &self,
        condition: &'p Node,
        step: &'p Node,
        env: &Env<'p>,
        value: Value,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        if condition.single {
            return self.visit(step, env, value, &mut |value| {
                if self.one(condition, env, value.clone())?.is_true() {
                    emit(value.clone())?;
                    return Ok(Next::Step);
                }
                Ok(Next::Skip)
            });
        }
        self.each(condition, env, value.clone(), &mut |going_on| {
            if !going_on.is_true() {
                return Ok(());
            }
            emit(value.clone())?;
            self.each(step, env, value.clone(), &mut |next| {
                self.while_true(condition, step, env, next, emit)
            })
        })
    }

    /// Visits a value, the outputs of a step for the value, their outputs and so on, depth first.
    fn visit(
        &self,
        step: &'p Node,
        env: &Env<'p>,
        value: Value,
        visit: &mut dyn FnMut(&Value) -> Result<Next, Stop>,
    ) -> Result<(), Stop> {
        let mut pending = vec![Pending { values: vec![value].into_iter(), stop: None }];
        while let Some(last) = pending.last_mut() {
            self.meter.step()?;
            let Some(value) = last.values.next() else {
                match pending.pop().and_then(|last| last.stop) {
                    Some(stop) => return Err(stop),
                    None => continue,
                }
            };
            // Drop an empty list now, so that a chain of steps needs only one list at a time.
            if last.values.len() == 0 && last.stop.is_none() {
                pending.pop();
            }
            let mut value = value;
            while let Next::Step = visit(&value)? {
                if step.single {
                    self.meter.step()?;
                    value = self.one(step, env, value)?;
                    continue;
                }
                pending.push(self.outputs(step, env, value));
                break;
            }
        }
        Ok(())
    }

    /// Returns all outputs of a step. The first output does not count as built, because it replaces
    /// the input.
    fn outputs(&self, step: &'p Node, env: &Env<'p>, value: Value) -> Pending {
        let mut values = Vec::new();
        let result = self.each(step, env, value, &mut |value| {
            if !values.is_empty() {
                self.meter.build(size_of::<Value>())?;
            }
            values.push(value);
            Ok(())
        });
        Pending { values: values.into_iter(), stop: result.err() }
    }
}
