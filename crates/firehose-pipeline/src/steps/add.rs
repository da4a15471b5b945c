use firehose_core::BoxError;
use firehose_transforms::fields::{Add, Addition, RecordField, TimeFormat};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    field_map::{FieldMap, path_or_name},
    json_step::json_step,
    step_options::StepOptions,
};
use crate::{
    file::{
        json_constant::JsonConstant,
        short_or_long::{ShortForm, ShortOrLong},
    },
    items::step::ItemStep,
};

/// The new fields: the name or the path of each field, and its value, such as
/// `arrived_at: arrival_time` and `env: {value: prod}`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct AddOptions(FieldMap<ShortOrLong<AddedValue>>);

/// The value of a new field: a constant, or metadata of the record.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddedValue {
    /// A constant of any JSON type. A date in YAML is a string.
    value: Option<JsonConstant>,
    /// Metadata of the record. If the record lacks the metadata, the field is not added, or with
    /// `on_missing: fail`, the item fails.
    metadata: Option<RecordField>,
    /// The format of metadata that is a time. Default: `rfc3339`.
    format: Option<TimeFormat>,
}

impl ShortForm for AddedValue {
    type Short = RecordField;

    const SHORT: &'static str = "the name of metadata";

    fn from_short(name: RecordField) -> Self {
        Self { value: None, metadata: Some(name), format: None }
    }
}

impl AddedValue {
    fn addition(self) -> Result<Addition, BoxError> {
        match (self.value, self.metadata, self.format) {
            (Some(JsonConstant(value)), None, None) => Ok(Addition::constant(&value)?),
            (None, Some(name), None) => Ok(Addition::record(name)),
            (None, Some(name), Some(_)) if !name.is_time() => {
                Err("`format` needs metadata that is a time, such as `arrival_time`".into())
            }
            (None, Some(name), Some(format)) => Ok(Addition::time(name, format)),
            (Some(_), None, Some(_)) => Err("`format` needs `metadata`".into()),
            (Some(_), Some(_), _) | (None, None, _) => {
                Err("a new field needs either `value` or `metadata`".into())
            }
        }
    }
}

impl StepOptions for AddOptions {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        let options = self.0;
        let mut add =
            Add::new().with_on_missing(options.on_missing).with_on_conflict(options.on_conflict);
        for (name, value) in options.fields {
            let addition = value.0.addition().map_err(|error| format!("{name}: {error}"))?;
            add = add.with_field(&path_or_name(&name)?, addition)?;
        }
        Ok(json_step(move |item, record| add.apply(item, record)))
    }
}
