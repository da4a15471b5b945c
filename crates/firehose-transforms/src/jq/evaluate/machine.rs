use std::cell::Cell;

use super::{
    super::{
        meter::Meter,
        syntax::node::{Native, Node, Program},
        values::{stop::Stop, value::Value},
    },
    env::Env,
};

/// A function that receives the outputs of a filter, one by one.
pub(crate) type Emit<'e> = dyn FnMut(Value) -> Result<(), Stop> + 'e;

/// A run of a program.
///
/// A filter has any number of outputs. [`each`](Self::each) passes each output to a function as
/// soon as it is computed, and the function runs the rest of the program for this output. A node
/// with exactly one output is evaluated by [`one`](Self::one), which returns the output.
#[derive(Debug)]
pub(crate) struct Machine<'p> {
    pub(super) program: &'p Program,
    pub(super) meter: &'p Meter,
    /// The number of labels so far.
    labels: Cell<u64>,
}

impl<'p> Machine<'p> {
    pub(crate) fn new(program: &'p Program, meter: &'p Meter) -> Self {
        Self { program, meter, labels: Cell::new(0) }
    }

    /// Passes the outputs of the program to `emit`.
    pub(crate) fn run(&self, input: Value, emit: &mut Emit<'_>) -> Result<(), Stop> {
        self.each(&self.program.main, &Env::default(), input, emit)
    }

    /// Returns a number that no other label of this run has.
    pub(super) fn new_label(&self) -> u64 {
        self.labels.set(self.labels.get() + 1);
        self.labels.get()
    }

    /// Runs `body` with a new label. A break to this label ends `body` without an error.
    pub(super) fn until_break(
        &self,
        body: impl FnOnce(u64) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let label = self.new_label();
        match body(label) {
            Err(Stop::Break(broken)) if broken == label => Ok(()),
            result => result,
        }
    }

    /// Calls a function for all combinations of the outputs of its arguments. As in jq 1.6, the
    /// first argument changes fastest.
    pub(super) fn call_native(
        &self,
        native: Native,
        arguments: &'p [Node],
        env: &Env<'p>,
        input: &Value,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        let mut values = vec![Value::Null; arguments.len()];
        self.combine(arguments, env, input, &mut values, &mut |values| {
            emit(native(self.meter, input.clone(), values)?)
        })
    }

    fn combine(
        &self,
        arguments: &'p [Node],
        env: &Env<'p>,
        input: &Value,
        values: &mut Vec<Value>,
        emit: &mut dyn FnMut(&[Value]) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let Some((last, others)) = arguments.split_last() else { return emit(values) };
        self.each(last, env, input.clone(), &mut |value| {
            values[others.len()] = value;
            self.combine(others, env, input, values, emit)
        })
    }
}
