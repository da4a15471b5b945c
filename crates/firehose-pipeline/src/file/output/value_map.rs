use std::{borrow::Cow, fmt};

use firehose_transforms::encode::FieldValue;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};

use super::value_text::ValueText;

/// Pairs of a name and a value, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct ValueMap(pub(super) Vec<(String, FieldValue)>);

impl<'de> Deserialize<'de> for ValueMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor)
    }
}

struct MapVisitor;

impl<'de> Visitor<'de> for MapVisitor {
    type Value = ValueMap;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a name and a value for each field")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ValueMap, A::Error> {
        let mut values = Vec::new();
        while let Some((name, ValueText(value))) = map.next_entry()? {
            values.push((name, value));
        }
        Ok(ValueMap(values))
    }
}

impl JsonSchema for ValueMap {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ValueMap".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": generator.subschema_for::<ValueText>(),
        })
    }
}
