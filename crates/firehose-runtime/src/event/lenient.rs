use std::{borrow::Cow, fmt, marker::PhantomData};

use firehose_core::Timestamp;
use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A value whatever JSON it is: reading it never fails for its type.
///
/// An object is read as `O` and an array as `A`, both skipped unless named.
#[derive(Clone, Debug, Default)]
pub(super) enum Lenient<'a, O = Skipped, A = Skipped> {
    #[default]
    Missing,
    /// It is there, and neither a Rust string nor a number can hold it.
    Unreadable,
    Null,
    Boolean,
    Integer(i128),
    Float(f64),
    Text(Cow<'a, str>),
    Array(A),
    Object(O),
}

/// What is made of an object.
pub(super) trait FromObject<'de>: Sized {
    fn from_object<M: MapAccess<'de>>(fields: M) -> Result<Self, M::Error>;
}

/// What is made of an array.
pub(super) trait FromArray<'de>: Sized {
    fn from_array<S: SeqAccess<'de>>(items: S) -> Result<Self, S::Error>;
}

/// An object or array of which only the kind matters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Skipped;

impl<'a, O, A> Lenient<'a, O, A> {
    /// As text: a string, or the digits of a number.
    pub(super) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Integer(number) => Some(number.to_string().into()),
            _ => None,
        }
    }

    /// As a count: a number, or a string of one.
    pub(super) fn into_u64(self) -> Option<u64> {
        match self {
            Self::Text(text) => text.trim().parse().ok(),
            Self::Integer(number) => number.try_into().ok(),
            _ => None,
        }
    }

    /// As a time: epoch milliseconds as a number or a string of one, or ISO 8601.
    pub(super) fn into_timestamp(self) -> Option<Timestamp> {
        match self {
            Self::Integer(number) => Timestamp::from_millisecond(number.try_into().ok()?).ok(),
            // Beyond any real date the cast saturates, and the constructor refuses.
            Self::Float(number) => Timestamp::from_microsecond((number * 1e3).round() as i64).ok(),
            Self::Text(text) => match text.trim().parse() {
                Ok(number) => Timestamp::from_millisecond(number).ok(),
                Err(_) => text.trim().parse().ok(),
            },
            _ => None,
        }
    }

    /// What it is, for a message.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

impl<'de> FromObject<'de> for Skipped {
    fn from_object<M: MapAccess<'de>>(mut fields: M) -> Result<Self, M::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self)
    }
}

impl<'de> FromArray<'de> for Skipped {
    fn from_array<S: SeqAccess<'de>>(mut items: S) -> Result<Self, S::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self)
    }
}

impl<'de, T: Deserialize<'de>> FromArray<'de> for Vec<T> {
    fn from_array<S: SeqAccess<'de>>(mut items: S) -> Result<Self, S::Error> {
        let mut all = Self::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(all)
    }
}

impl<'de: 'a, 'a, O: FromObject<'de>, A: FromArray<'de>> Deserialize<'de> for Lenient<'a, O, A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LenientVisitor(PhantomData))
    }
}

struct LenientVisitor<O, A>(PhantomData<(O, A)>);

impl<'de, O: FromObject<'de>, A: FromArray<'de>> Visitor<'de> for LenientVisitor<O, A> {
    type Value = Lenient<'de, O, A>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Lenient::Null)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Lenient::Boolean)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Lenient::Integer(number.into()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Lenient::Integer(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Lenient::Float(number))
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Lenient::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Lenient::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<S: SeqAccess<'de>>(self, items: S) -> Result<Self::Value, S::Error> {
        A::from_array(items).map(Lenient::Array)
    }

    fn visit_map<M: MapAccess<'de>>(self, fields: M) -> Result<Self::Value, M::Error> {
        O::from_object(fields).map(Lenient::Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Lenient<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn timestamps_come_in_five_forms() {
        let expected = Timestamp::from_millisecond(1_510_772_160_123).unwrap();
        for json in [
            "1510772160123",
            "1510772160123.0",
            r#""1510772160123""#,
            r#""2017-11-15T18:56:00.123Z""#,
            r#""2017-11-15T19:56:00.123+01:00""#,
        ] {
            assert_eq!(read(json).into_timestamp(), Some(expected), "{json}");
        }
        for json in [r#""""#, r#""soon""#, "null", "true", "1e300", "-1e300", "[1]", "{}"] {
            assert_eq!(read(json).into_timestamp(), None, "{json}");
        }
        assert_eq!(read("18446744073709551615").into_timestamp(), None);
    }

    #[test]
    fn milliseconds_are_exact() {
        for millisecond in 1_510_772_160_000..1_510_772_162_000_i64 {
            let time = read(&millisecond.to_string()).into_timestamp().unwrap();
            assert_eq!(time.as_millisecond(), millisecond);
        }
    }

    #[test]
    fn numbers_come_as_strings_too() {
        assert_eq!(read("7").into_u64(), Some(7));
        assert_eq!(read(r#""7""#).into_u64(), Some(7));
        for json in [r#""""#, "-7", "7.5", "null"] {
            assert_eq!(read(json).into_u64(), None, "{json}");
        }
        let longest = "18446744073709551615";
        assert_eq!(read(longest).into_text().as_deref(), Some(longest));
    }
}
