use std::{borrow::Cow, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{
        Error, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer},
    },
};

/// Options that have a long form, an object, and a short form, a string or a list.
pub(crate) trait ShortForm {
    type Short;

    /// The description of the short form in errors, such as "the name of a format".
    const SHORT: &'static str;

    /// Creates the options from the short form.
    fn from_short(short: Self::Short) -> Self;
}

/// Options in their short or their long form.
#[derive(Debug, Default)]
pub(crate) struct ShortOrLong<T>(pub(crate) T);

impl<'de, T> Deserialize<'de> for ShortOrLong<T>
where
    T: ShortForm<Short: Deserialize<'de>> + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OptionsVisitor(PhantomData))
    }
}

struct OptionsVisitor<T>(PhantomData<T>);

impl<'de, T> Visitor<'de> for OptionsVisitor<T>
where
    T: ShortForm<Short: Deserialize<'de>> + Deserialize<'de>,
{
    type Value = ShortOrLong<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, or an object with options", T::SHORT)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let short = T::Short::deserialize(StrDeserializer::new(text))?;
        Ok(ShortOrLong(T::from_short(short)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        let short = T::Short::deserialize(SeqAccessDeserializer::new(list))?;
        Ok(ShortOrLong(T::from_short(short)))
    }

    fn visit_map<A: MapAccess<'de>>(self, options: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(options)).map(ShortOrLong)
    }
}

impl<T: ShortForm<Short: JsonSchema> + JsonSchema> JsonSchema for ShortOrLong<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let forms = [generator.subschema_for::<T::Short>(), generator.subschema_for::<T>()];
        json_schema!({ "anyOf": forms })
    }
}
