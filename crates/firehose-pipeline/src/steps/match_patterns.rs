use firehose_core::{BoxError, Record};
use firehose_transforms::filter::{OnReject, PatternFilter};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{fields_options::parse_paths, step_options::StepOptions};
use crate::{
    file::one_or_many::OneOrMany,
    items::{
        item::Item,
        item_kind::ItemKind,
        step::{ItemStep, Next},
    },
};

/// Regular expressions that an item must or must not match.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchOptions {
    /// The paths of the fields to search. Default: the whole item as text.
    fields: Option<OneOrMany<String>>,
    /// Regular expressions, at least one of which must match.
    allow: Option<OneOrMany<String>>,
    /// Regular expressions, none of which may match.
    deny: Option<OneOrMany<String>>,
    /// The treatment of an item that does not pass. Default: `drop`.
    #[serde(default)]
    on_reject: OnReject,
}

impl StepOptions for MatchOptions {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        if self.allow.is_none() && self.deny.is_none() {
            return Err("the step needs regular expressions in `allow` or `deny`".into());
        }
        let mut filter = match &self.fields {
            Some(fields) => PatternFilter::in_fields(parse_paths(fields)?),
            None => PatternFilter::in_text(),
        };
        if let Some(patterns) = self.allow {
            filter = filter.with_allowed(patterns.0)?;
        }
        if let Some(patterns) = self.deny {
            filter = filter.with_denied(patterns.0)?;
        }
        let reads_json = self.fields.is_some();
        Ok(Box::new(MatchStep { filter, reads_json, on_reject: self.on_reject }))
    }
}

#[derive(Debug)]
struct MatchStep {
    filter: PatternFilter,
    reads_json: bool,
    on_reject: OnReject,
}

impl ItemStep for MatchStep {
    fn output_kind(&self, input: ItemKind) -> Result<ItemKind, &'static str> {
        match input {
            ItemKind::Text | ItemKind::Bytes if self.reads_json => {
                Err("reads JSON, because it names fields")
            }
            ItemKind::Bytes => Err("reads JSON or text"),
            ItemKind::Json | ItemKind::Text => Ok(input),
        }
    }

    fn apply(&self, _: &Record, item: Item, next: Next<'_>) -> Result<(), BoxError> {
        if self.on_reject.passes(self.filter.check(&item.data))? { next(item) } else { Ok(()) }
    }
}
