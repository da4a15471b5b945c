use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    json_tree::JsonTree,
    matcher::Matcher,
    value_path::{Location, ValuePath},
};

/// The rules of a case or of a record, by path.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub(crate) struct Matching(BTreeMap<ValuePath, Matcher>);

impl Matching {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the paths that lead to no value of the payloads.
    pub(crate) fn unused<'a>(
        &'a self,
        payloads: impl Iterator<Item = &'a JsonTree> + Clone,
    ) -> impl Iterator<Item = String> {
        let paths = self.0.keys().cloned();
        paths.filter(move |path| !payloads.clone().any(|it| path.is_in(it))).map(String::from)
    }
}

/// The rules that apply to a record: its own, and those of the case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    pub(crate) record: &'a Matching,
    pub(crate) case: &'a Matching,
}

impl Rules<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.record.is_empty() && self.case.is_empty()
    }

    /// Returns the rule for a value. A rule of the record takes precedence over a rule of the case.
    pub(crate) fn at(&self, location: &Location) -> Option<&Matcher> {
        let mut rules = self.record.0.iter().chain(&self.case.0);
        rules.find(|(path, _)| path.leads_to(location)).map(|(_, matcher)| matcher)
    }
}
