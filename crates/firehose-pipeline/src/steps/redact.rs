use std::str;

use firehose_core::{BoxError, Record};
use firehose_transforms::{
    paths::OnMissing,
    redact::{Detector, Detectors, Redact},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{fields_options::parse_paths, step_options::StepOptions};
use crate::{
    file::{
        one_or_many::OneOrMany,
        short_or_long::{ShortForm, ShortOrLong},
        unique_names::UniqueNames,
    },
    items::{
        item::Item,
        item_kind::ItemKind,
        step::{ItemStep, Next},
    },
};

/// The fields to redact, and the detectors. Without `fields`, the step searches all strings of the
/// item. Without `detect` and `patterns`, the step replaces whole fields.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedactOptions {
    /// The paths of the fields. Default: all strings of the item, but no keys and no numbers.
    fields: Option<OneOrMany<String>>,
    /// The detectors: `email`, `ipv4`, `ipv6`, `credit_card`, `phone`, `jwt`, `aws_access_key_id`,
    /// `aws_secret_key`.
    detect: Option<OneOrMany<String>>,
    /// Your own detectors: the name and the regular expression of each detector.
    #[serde(default)]
    patterns: UniqueNames<String>,
    /// The text that replaces each match of a detector, or a whole field. `{name}` stands for the name
    /// of the detector. Default: `[REDACTED:{name}]`, or `[REDACTED]` for whole fields. Without `detect`
    /// and `patterns`, the step replaces whole fields.
    replacement: Option<String>,
    /// The treatment of an item without one of the fields. Default: `ignore`.
    on_missing: Option<OnMissing>,
}

impl ShortForm for RedactOptions {
    type Short = OneOrMany<String>;

    const SHORT: &'static str = "a detector, a list of detectors";

    fn from_short(detectors: OneOrMany<String>) -> Self {
        Self { detect: Some(detectors), ..Self::default() }
    }
}

impl RedactOptions {
    fn detectors(&self) -> Result<Option<Detectors>, BoxError> {
        if let Some((name, _)) = self.patterns.0.iter().find(|(_, text)| text.is_empty()) {
            return Err(format!("the pattern `{name}` is empty; write a regular expression").into());
        }
        let names = self.detect.iter().flat_map(|names| &names.0);
        let named = names.map(|name| Detector::from_name(name));
        let own = self.patterns.0.iter().map(|(name, text)| Detector::from_pattern(name, text));
        let detectors = named.chain(own).collect::<Result<Vec<_>, _>>()?;
        if detectors.is_empty() {
            return Ok(None);
        }
        let replacement = self.replacement.as_deref().unwrap_or(Detectors::DEFAULT_REPLACEMENT);
        Ok(Some(Detectors::with_replacement(detectors, replacement)?))
    }
}

impl StepOptions for ShortOrLong<RedactOptions> {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        let options = self.0;
        let paths = options.fields.as_ref().map(parse_paths).transpose()?;
        if paths.is_none() && options.on_missing.is_some() {
            return Err("`on_missing` needs `fields`".into());
        }
        let on_missing = options.on_missing.unwrap_or_default();
        let (json, text) = match (paths, options.detectors()?) {
            (None, None) => return Err("the step needs `fields`, `detect` or `patterns`".into()),
            (None, Some(detectors)) => {
                (Redact::in_all_strings(detectors.clone()), Some(Redact::in_text(detectors)))
            }
            (Some(paths), Some(detectors)) => {
                (Redact::in_fields(paths, detectors).with_on_missing(on_missing), None)
            }
            (Some(paths), None) => {
                let mut redact = Redact::fields(paths).with_on_missing(on_missing);
                if let Some(replacement) = &options.replacement {
                    redact = redact.with_field_replacement(replacement);
                }
                (redact, None)
            }
        };
        Ok(Box::new(RedactStep { json, text }))
    }
}

#[derive(Debug)]
struct RedactStep {
    json: Redact,
    /// The transform of text items. `None` if the step names fields, which text items do not have.
    text: Option<Redact>,
}

impl ItemStep for RedactStep {
    fn output_kind(&self, input: ItemKind) -> Result<ItemKind, &'static str> {
        match (input, &self.text) {
            (ItemKind::Json, _) | (ItemKind::Text, Some(_)) => Ok(input),
            (ItemKind::Text, None) => Err("reads JSON, because it names fields"),
            (ItemKind::Bytes, _) => Err("reads JSON or text"),
        }
    }

    fn apply(&self, _: &Record, item: Item, next: Next<'_>) -> Result<(), BoxError> {
        let redact = match (item.kind, &self.text) {
            (ItemKind::Text, Some(text)) => text,
            _ => &self.json,
        };
        let data = redact.apply(&item.data)?;
        next(Item::new(item.kind, data))
    }
}
