use firehose_core::BoxError;
use firehose_transforms::{paths::OnMissing, redact::Mask};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{fields_options::parse_paths, json_step::json_step, step_options::StepOptions};
use crate::{
    file::{
        one_or_many::OneOrMany,
        short_or_long::{ShortForm, ShortOrLong},
    },
    items::step::ItemStep,
};

/// The fields to mask: their characters are replaced, except for the last ones if `keep_last` is set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MaskOptions {
    /// The paths of the fields.
    fields: OneOrMany<String>,
    /// The number of characters at the end that stay. A value with `keep_last` characters or fewer is
    /// masked as a whole. Default: 0.
    keep_last: Option<usize>,
    /// The character that replaces the other characters. Default: `*`.
    character: Option<char>,
    /// The treatment of an item without one of the fields. Default: `ignore`.
    #[serde(default)]
    on_missing: OnMissing,
}

impl ShortForm for MaskOptions {
    type Short = OneOrMany<String>;

    const SHORT: &'static str = "a path, a list of paths";

    fn from_short(fields: OneOrMany<String>) -> Self {
        Self { fields, keep_last: None, character: None, on_missing: OnMissing::default() }
    }
}

impl StepOptions for ShortOrLong<MaskOptions> {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        let options = self.0;
        let mut mask = Mask::new(parse_paths(&options.fields)?).with_on_missing(options.on_missing);
        if let Some(characters) = options.keep_last {
            mask = mask.with_kept(characters);
        }
        if let Some(character) = options.character {
            mask = mask.with_character(character);
        }
        Ok(json_step(move |item, _| mask.apply(item)))
    }
}
