use std::{borrow::Cow, collections::HashSet, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};

/// Names with a value each, in the order of the file. A repeated name is an error.
#[derive(Debug)]
pub(crate) struct UniqueNames<V>(pub(crate) Vec<(String, V)>);

/// The names that were read so far.
#[derive(Debug, Default)]
pub(crate) struct KnownNames(HashSet<String>);

impl KnownNames {
    /// Adds a name.
    ///
    /// # Errors
    ///
    /// If the name is known already.
    pub(crate) fn add<E: Error>(&mut self, name: &str) -> Result<(), E> {
        if !self.0.insert(name.to_owned()) {
            return Err(E::custom(format_args!("the name `{name}` is repeated; remove one")));
        }
        Ok(())
    }
}

impl<V> Default for UniqueNames<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for UniqueNames<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NamesVisitor(PhantomData))
    }
}

struct NamesVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for NamesVisitor<V> {
    type Value = UniqueNames<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a name and a value each, such as `{name: value}`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut values, mut names) = (Vec::new(), KnownNames::default());
        while let Some(name) = map.next_key::<String>()? {
            names.add(&name)?;
            values.push((name, map.next_value()?));
        }
        Ok(UniqueNames(values))
    }
}

impl<V: JsonSchema> JsonSchema for UniqueNames<V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("UniqueNames_{}", V::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": generator.subschema_for::<V>(),
        })
    }
}
