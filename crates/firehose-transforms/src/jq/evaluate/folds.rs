//! `reduce` and `foreach`.

use super::{
    super::{
        syntax::node::{Fold, Node},
        values::{stop::Stop, value::Value},
    },
    env::Env,
    machine::{Emit, Machine},
};

impl<'p> Machine<'p> {
    /// Returns the state after all values of the source. As in jq 1.6, the last output of the update
    /// is the next state, and an update without an output makes the state null.
    pub(super) fn reduce(
        &self,
        fold: &'p Fold,
        env: &Env<'p>,
        input: Value,
        mut state: Value,
    ) -> Result<Value, Stop> {
        self.each(&fold.source, env, input, &mut |value| {
            self.each_binding(&fold.pattern, env, value, &mut |env| {
                self.meter.step()?;
                // Take the state out of its variable, so that the update can change it in place.
                let old = std::mem::replace(&mut state, Value::Null);
                state = if fold.update.single {
                    self.one(&fold.update, env, old)?
                } else {
                    self.last(&fold.update, env, old)?
                };
                Ok(())
            })
        })?;
        Ok(state)
    }

    pub(super) fn foreach(
        &self,
        fold: &'p Fold,
        extract: Option<&'p Node>,
        env: &Env<'p>,
        input: &Value,
        mut state: Value,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        self.each(&fold.source, env, input.clone(), &mut |value| {
            self.each_binding(&fold.pattern, env, value, &mut |env| {
                self.meter.step()?;
                let old = std::mem::replace(&mut state, Value::Null);
                self.each(&fold.update, env, old, &mut |new| {
                    state = new.clone();
                    match extract {
                        Some(extract) => self.each(extract, env, new, emit),
                        None => emit(new),
                    }
                })
            })
        })
    }
}
