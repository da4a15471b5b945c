//! Binds variables and the parameters of functions.

use super::{
    super::{
        syntax::node::{Argument, Node, Pattern},
        values::{index::get, stop::Stop, value::Value},
    },
    env::{Binding, Env},
    machine::Machine,
};

/// A function that receives the environments of all bindings.
type EmitEnv<'e, 'p> = dyn FnMut(&Env<'p>) -> Result<(), Stop> + 'e;

impl<'p> Machine<'p> {
    /// Passes an environment with the variables of a pattern to `emit`. A key of the pattern may have
    /// several outputs: then `emit` gets one environment for each combination.
    pub(super) fn each_binding(
        &self,
        pattern: &'p Pattern,
        env: &Env<'p>,
        value: Value,
        emit: &mut EmitEnv<'_, 'p>,
    ) -> Result<(), Stop> {
        self.bind_all(&[(pattern, value)], env, env, emit)
    }

    /// Binds patterns from left to right. A key in a pattern sees only the variables of `outer`, not
    /// those of the pattern.
    fn bind_all(
        &self,
        patterns: &[(&'p Pattern, Value)],
        outer: &Env<'p>,
        env: &Env<'p>,
        emit: &mut EmitEnv<'_, 'p>,
    ) -> Result<(), Stop> {
        let Some(((pattern, value), others)) = patterns.split_first() else { return emit(env) };
        match pattern {
            Pattern::Variable => {
                let env = env.with(Binding::Value(value.clone()))?;
                self.bind_all(others, outer, &env, emit)
            }
            Pattern::Parts(parts) => self.bind_parts(parts, value, outer, env, &mut |env| {
                self.bind_all(others, outer, env, emit)
            }),
        }
    }

    fn bind_parts(
        &self,
        parts: &'p [(Node, Pattern)],
        value: &Value,
        outer: &Env<'p>,
        env: &Env<'p>,
        emit: &mut EmitEnv<'_, 'p>,
    ) -> Result<(), Stop> {
        self.meter.check_stack()?;
        let Some(((key, pattern), others)) = parts.split_first() else { return emit(env) };
        self.each(key, outer, value.clone(), &mut |key| {
            let part = get(value, &key, self.meter)?;
            self.bind_all(&[(pattern, part)], outer, env, &mut |env| {
                self.bind_parts(others, value, outer, env, emit)
            })
        })
    }

    /// Returns the environment of a function whose value arguments have one output each.
    pub(super) fn single_call_env(
        &self,
        arguments: &'p [Argument],
        env: &Env<'p>,
        input: &Value,
        frames: usize,
    ) -> Result<Env<'p>, Stop> {
        let mut inner = env.without(frames);
        for argument in arguments {
            inner = inner.with(match argument {
                Argument::Filter(node) => Binding::Filter { node, env: env.clone() },
                Argument::Value(node) => Binding::Value(self.one(node, env, input.clone())?),
            })?;
        }
        Ok(inner)
    }

    /// Passes the environment of a function to `emit`, for all combinations of its value arguments.
    /// The last argument changes fastest.
    pub(super) fn each_call_env(
        &self,
        arguments: &'p [Argument],
        env: &Env<'p>,
        inner: &Env<'p>,
        input: &Value,
        emit: &mut EmitEnv<'_, 'p>,
    ) -> Result<(), Stop> {
        match arguments.split_first() {
            None => emit(inner),
            Some((Argument::Filter(node), others)) => {
                let inner = inner.with(Binding::Filter { node, env: env.clone() })?;
                self.each_call_env(others, env, &inner, input, emit)
            }
            Some((Argument::Value(node), others)) => {
                self.each(node, env, input.clone(), &mut |value| {
                    let inner = inner.with(Binding::Value(value))?;
                    self.each_call_env(others, env, &inner, input, emit)
                })
            }
        }
    }
}
