use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
};

use super::{
    add::AddOptions,
    cast::CastOptions,
    filter_text::FilterText,
    flatten::FlattenOptions,
    hash::HashOptions,
    json_schema::JsonSchemaOptions,
    mask::MaskOptions,
    match_patterns::MatchOptions,
    parse::ParseOptions,
    pick::PickOptions,
    predicate::{DropIf, KeepIf},
    redact::RedactOptions,
    remove::RemoveOptions,
    rename::RenameOptions,
    snake_case::SnakeCaseOptions,
    step_options::StepOptions,
};
use crate::{file::short_or_long::ShortOrLong, items::step::ItemStep};

/// A step of the file, with its name.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) step: Box<dyn ItemStep>,
}

/// Declares the steps: for each its name in the file, its variant in the schema and its options.
macro_rules! steps {
    ($($(#[doc = $doc:literal])+ $name:literal $variant:ident: $options:ty,)*) => {
        #[derive(Clone, Copy, Deserialize)]
        enum StepName {
            $(#[serde(rename = $name)] $variant,)*
        }

        /// A step: an object with one member, the name of the step and its options.
        #[derive(JsonSchema)]
        #[schemars(rename = "Step")]
        #[expect(dead_code, reason = "only the schema is made from this type")]
        enum StepSchema {
            $($(#[doc = $doc])+ #[schemars(rename = $name)] $variant($options),)*
        }

        fn read_step<'de, A: MapAccess<'de>>(name: StepName, map: &mut A) -> Result<Step, A::Error> {
            match name {
                $(StepName::$variant => {
                    let step = map.next_value::<$options>()?.step().map_err(A::Error::custom)?;
                    Ok(Step { name: $name, step })
                })*
            }
        }
    };
}

steps! {
    /// Parses a line of text into a JSON object.
    "parse" Parse: ShortOrLong<ParseOptions>,
    /// Runs a jq filter. Its outputs are the items of the next step.
    "jq" Jq: FilterText,
    /// Drops the items for which a jq filter is true.
    "drop_if" DropIf: DropIf,
    /// Keeps the items for which a jq filter is true, and drops the others.
    "keep_if" KeepIf: KeepIf,
    /// Drops or fails items by regular expressions that they must or must not match.
    "match" Match: MatchOptions,
    /// Drops or fails the items that do not satisfy a JSON Schema.
    "json_schema" JsonSchema: JsonSchemaOptions,
    /// Adds fields: metadata of the record, times and constants.
    "add" Add: AddOptions,
    /// Changes the type of fields.
    "cast" Cast: CastOptions,
    /// Moves the fields of nested objects to the top level.
    "flatten" Flatten: FlattenOptions,
    /// Keeps only the named fields.
    "pick" Pick: PickOptions,
    /// Removes fields.
    "remove" Remove: RemoveOptions,
    /// Renames fields.
    "rename" Rename: RenameOptions,
    /// Converts the keys of all objects to snake case.
    "snake_case" SnakeCase: SnakeCaseOptions,
    /// Replaces the values of fields by keyed hashes.
    "hash" Hash: HashOptions,
    /// Replaces the characters of fields, except for the last ones if `keep_last` is set.
    "mask" Mask: ShortOrLong<MaskOptions>,
    /// Replaces personal data and secrets.
    "redact" Redact: ShortOrLong<RedactOptions>,
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(StepVisitor)
    }
}

struct StepVisitor;

impl<'de> Visitor<'de> for StepVisitor {
    type Value = Step;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step: its name, a colon and its options")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Step, A::Error> {
        let Some(name) = map.next_key()? else {
            return Err(A::Error::custom("the step has no name"));
        };
        let step = read_step(name, &mut map)?;
        if map.next_key::<IgnoredAny>()?.is_some() {
            let message = "the step has several names; begin each step with `- `";
            return Err(A::Error::custom(message));
        }
        Ok(step)
    }
}

impl JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        StepSchema::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        StepSchema::json_schema(generator)
    }
}
