use std::{borrow::Cow, fmt, marker::PhantomData};

use firehose_transforms::{
    fields::OnConflict,
    paths::{FieldPath, OnMissing, PathError},
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};

use crate::file::unique_names::check_unique;

/// An object with a member for each field, and options beside them. A name that begins with a dot is
/// always a path, so that a field may have the name of an option.
#[derive(Debug)]
pub(crate) struct FieldMap<V> {
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

impl<'de, V: Deserialize<'de>> Deserialize<'de> for FieldMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldMapVisitor(PhantomData))
    }
}

struct FieldMapVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for FieldMapVisitor<V> {
    type Value = FieldMap<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a member for each field")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields: Vec<(String, V)> = Vec::new();
        let (mut on_missing, mut on_conflict) = Default::default();
        let mut names: Vec<String> = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            check_unique(&name, names.iter().map(String::as_str))?;
            names.push(name.clone());
            match name.as_str() {
                "on_missing" => on_missing = map.next_value()?,
                "on_conflict" => on_conflict = map.next_value()?,
                _ => fields.push((name, map.next_value()?)),
            }
        }
        Ok(FieldMap { fields, on_missing, on_conflict })
    }
}

impl<V: JsonSchema> JsonSchema for FieldMap<V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("FieldMap_{}", V::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "on_missing": generator.subschema_for::<OnMissing>(),
                "on_conflict": generator.subschema_for::<OnConflict>(),
            },
            "additionalProperties": generator.subschema_for::<V>(),
        })
    }
}
