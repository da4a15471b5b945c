use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    given_values::GivenValues,
    terraform::{
        configuration::Configuration,
        language::{EvaluationBudget, Fault, Value},
    },
};

/// The evaluation of one configuration.
#[derive(Debug)]
pub(crate) struct Evaluator<'a> {
    pub(super) configuration: &'a Configuration,
    pub(super) given: &'a GivenValues,
    pub(super) budget: EvaluationBudget,
    /// The values of variables, locals, outputs and attributes, by address.
    known: RefCell<BTreeMap<String, Evaluation>>,
    /// The addresses at which a given value was used.
    used: RefCell<BTreeSet<String>>,
}

#[derive(Clone, Debug)]
enum Evaluation {
    Open,
    Done(Result<Value, Fault>),
}

impl<'a> Evaluator<'a> {
    /// Creates the evaluation of a configuration with the values of a user.
    pub(crate) fn new(configuration: &'a Configuration, given: &'a GivenValues) -> Self {
        Self {
            configuration,
            given,
            budget: EvaluationBudget::default(),
            known: RefCell::default(),
            used: RefCell::default(),
        }
    }

    /// Returns the value at an address. Evaluates the value at the first request, and keeps the value.
    pub(super) fn once(
        &self,
        address: String,
        evaluate: impl FnOnce() -> Result<Value, Fault>,
    ) -> Result<Value, Fault> {
        let known = self.known.borrow().get(&address).cloned();
        match known {
            Some(Evaluation::Open) => Err(Fault::new(format!("{address} refers to itself"))),
            Some(Evaluation::Done(result)) => {
                self.budget.spend(result.as_ref().map_or(1, Value::size))?;
                result
            }
            None => {
                self.known.borrow_mut().insert(address.clone(), Evaluation::Open);
                let result = self.budget.nest(evaluate);
                let done = Evaluation::Done(result.clone());
                self.known.borrow_mut().insert(address, done);
                result
            }
        }
    }

    /// Returns the text that a user gives for the value at an address.
    pub(super) fn given_text(&self, address: &str) -> Option<&'a str> {
        let text = self.given.properties.get(address)?;
        self.used.borrow_mut().insert(address.to_owned());
        Some(text)
    }

    /// Returns the given values that no address has used.
    pub(crate) fn unused(&self) -> GivenValues {
        let mut given = self.given.clone();
        let used = self.used.borrow();
        given.properties.retain(|address, _| !used.contains(address));
        given
    }
}
