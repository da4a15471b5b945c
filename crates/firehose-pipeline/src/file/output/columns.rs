use std::{borrow::Cow, fmt};

use firehose_transforms::{encode::FieldValue, jq::JqFilter};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{
        Error, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};

use super::value_map::ValueMap;
use crate::{file::unique_names::KnownNames, steps::field_map::path_or_name};

/// The columns of CSV: for each column, its name in the header and its value.
#[derive(Debug)]
pub(super) struct Columns(pub(super) Vec<(String, FieldValue)>);

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ColumnsVisitor)
    }
}

struct ColumnsVisitor;

impl<'de> Visitor<'de> for ColumnsVisitor {
    type Value = Columns;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a list of fields such as `[id, .user.name]`, or an object with a name and a value for \
             each column such as `{user: .user.name}`",
        )
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Columns, A::Error> {
        let fields = Vec::<String>::deserialize(SeqAccessDeserializer::new(list))?;
        let mut columns: Vec<(String, FieldValue)> = Vec::new();
        let mut names = KnownNames::default();
        for field in fields {
            let (name, value) = column(field).map_err(A::Error::custom)?;
            names.add(&name)?;
            columns.push((name, value));
        }
        Ok(Columns(columns))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Columns, A::Error> {
        let ValueMap(columns) = ValueMap::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Columns(columns))
    }
}

/// Returns the column for an entry of the list: the path of a field, or the name of a top-level field.
fn column(field: String) -> Result<(String, FieldValue), String> {
    let path = path_or_name(&field).map_err(|error| error.to_string())?;
    let filter = JqFilter::new(&path.to_string()).map_err(|error| error.to_string())?;
    let name = field.strip_prefix('.').map(str::to_owned);
    Ok((name.unwrap_or(field), FieldValue::filter(filter)))
}

impl JsonSchema for Columns {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Columns".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let forms =
            [generator.subschema_for::<Vec<String>>(), generator.subschema_for::<ValueMap>()];
        json_schema!({ "anyOf": forms })
    }
}
