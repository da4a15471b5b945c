use std::{borrow::Cow, fmt, marker::PhantomData};

use firehose_transforms::{
    fields::OnConflict,
    paths::{FieldPath, OnMissing, PathError},
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::{Value, json};

use crate::file::unique_names::KnownNames;

/// An object with a member for each field, and options beside them. A name that begins with a dot is
/// always a path, so that a field may have the name of an option.
///
/// `on_conflict` is an option only if the step gives names to fields (`NAMES_FIELDS`).
#[derive(Debug)]
pub(crate) struct FieldMap<V, const NAMES_FIELDS: bool = true> {
    pub(super) fields: Vec<(String, V)>,
    pub(super) on_missing: OnMissing,
    pub(super) on_conflict: OnConflict,
}

/// Parses the name of a member: a path if it begins with a dot, else the name of a top-level field.
pub(crate) fn path_or_name(text: &str) -> Result<FieldPath, PathError> {
    if text.starts_with('.') {
        return text.parse();
    }
    // A quoted name in a path has the escapes of a JSON string.
    format!(".{}", serde_json::Value::from(text)).parse()
}

impl<'de, V: Deserialize<'de>, const NAMES_FIELDS: bool> Deserialize<'de>
    for FieldMap<V, NAMES_FIELDS>
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldMapVisitor(PhantomData))
    }
}

struct FieldMapVisitor<V, const NAMES_FIELDS: bool>(PhantomData<V>);

impl<'de, V: Deserialize<'de>, const NAMES_FIELDS: bool> Visitor<'de>
    for FieldMapVisitor<V, NAMES_FIELDS>
{
    type Value = FieldMap<V, NAMES_FIELDS>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a member for each field, such as `{.name: value}`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields: Vec<(String, V)> = Vec::new();
        let (mut on_missing, mut on_conflict) = Default::default();
        let mut names = KnownNames::default();
        while let Some(name) = map.next_key::<String>()? {
            names.add(&name)?;
            match name.as_str() {
                "on_missing" => on_missing = map.next_value()?,
                "on_conflict" if !NAMES_FIELDS => {
                    return Err(A::Error::custom(
                        "`on_conflict` is an option only of steps that name fields, such as `add` \
                         and `rename`; remove it, or write `.on_conflict` for a field with this name",
                    ));
                }
                "on_conflict" => on_conflict = map.next_value()?,
                _ => fields.push((name, map.next_value()?)),
            }
        }
        Ok(FieldMap { fields, on_missing, on_conflict })
    }
}

impl<V: JsonSchema, const NAMES_FIELDS: bool> JsonSchema for FieldMap<V, NAMES_FIELDS> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("FieldMap_{}_{NAMES_FIELDS}", V::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = json_schema!({
            "type": "object",
            "properties": { "on_missing": generator.subschema_for::<OnMissing>() },
            "additionalProperties": generator.subschema_for::<V>(),
        });
        if NAMES_FIELDS {
            let on_conflict = generator.subschema_for::<OnConflict>();
            if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
                properties.insert("on_conflict".to_owned(), on_conflict.into());
            }
        } else {
            schema.insert("not".to_owned(), json!({ "required": ["on_conflict"] }));
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    use schemars::schema_for;

    use super::*;

    #[test]
    fn the_schema_has_the_option_that_has_an_effect() {
        let naming = schema_for!(FieldMap<String>).to_value();
        assert!(naming["properties"]["on_conflict"].is_object(), "{naming}");
        let other = schema_for!(FieldMap<String, false>).to_value();
        assert!(other["properties"]["on_conflict"].is_null(), "{other}");
        assert_eq!(other["not"]["required"], json!(["on_conflict"]));
    }
}
