use firehose_core::BoxError;
use firehose_transforms::fields::{Cast, CastTo, OnMismatch, TimeFormat};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{field_map::FieldMap, json_step::json_step, step_options::StepOptions};
use crate::{
    file::short_or_long::{ShortForm, ShortOrLong},
    items::step::ItemStep,
};

/// The path and the new type of each field, such as `.price: number`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct CastOptions(FieldMap<ShortOrLong<TypeChoice>, false>);

/// The type that a field gets: a name, or the formats of a time.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(from = "TimeFormats")]
pub(crate) enum TypeChoice {
    Name(TypeName),
    Time(TimeFormats),
}

/// The type that a field gets.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TypeName {
    /// A string. A number keeps its spelling, and a boolean becomes `"true"` or `"false"`.
    Text,
    /// An integer, from a number or a string whose fraction is zero: `1.0` becomes 1. `true` becomes 1,
    /// and `false` becomes 0.
    Integer,
    /// A number, from a number or a string, whose digits stay the same. `true` becomes 1, and `false`
    /// becomes 0.
    Number,
    /// A boolean, also from the strings `true`, `t`, `yes`, `y` and `1`, or `false`, `f`, `no`, `n` and
    /// `0`, and from the numbers 1 and 0.
    Bool,
}

/// A time and its new format.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimeFormats {
    /// The format of the value: `rfc3339`, `epoch_seconds` or `epoch_millis`.
    from: TimeFormat,
    /// The new format: `rfc3339`, `epoch_seconds` or `epoch_millis`. Default: `rfc3339`.
    #[serde(default)]
    to: TimeFormat,
}

impl From<TimeFormats> for TypeChoice {
    fn from(formats: TimeFormats) -> Self {
        Self::Time(formats)
    }
}

impl ShortForm for TypeChoice {
    type Short = TypeName;

    const SHORT: &'static str = "the name of a type";

    fn from_short(name: TypeName) -> Self {
        Self::Name(name)
    }
}

impl From<TypeChoice> for CastTo {
    fn from(choice: TypeChoice) -> Self {
        match choice {
            TypeChoice::Name(TypeName::Text) => Self::Text,
            TypeChoice::Name(TypeName::Integer) => Self::Integer,
            TypeChoice::Name(TypeName::Number) => Self::Number,
            TypeChoice::Name(TypeName::Bool) => Self::Bool,
            TypeChoice::Time(TimeFormats { from, to }) => Self::Time { from, to },
        }
    }
}

impl StepOptions for CastOptions {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        let options = self.0;
        let mut cast =
            Cast::new().with_on_missing(options.on_missing).with_on_mismatch(OnMismatch::Fail);
        for (path, choice) in options.fields {
            cast = cast.with_field(&path.parse()?, choice.0.into());
        }
        Ok(json_step(move |item, _| cast.apply(item)))
    }
}
