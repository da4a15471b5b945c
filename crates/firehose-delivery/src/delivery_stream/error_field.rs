use std::{borrow::Cow, fmt, str::FromStr};

use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::invalid_error_line::InvalidErrorLine;

/// The value of a field of an error line. Accepts text for a number and a number for text, because
/// the lines that Firehose writes differ from those in its documentation.
#[derive(Default)]
pub(super) enum ErrorField<'a> {
    #[default]
    Missing,
    Text(Cow<'a, str>),
    Other,
}

impl<'a> ErrorField<'a> {
    /// Returns the text, or `None` for a missing field or `null`.
    pub(super) fn text(self, name: &'static str) -> Result<Option<Cow<'a, str>>, InvalidErrorLine> {
        match self {
            Self::Missing => Ok(None),
            Self::Text(text) => Ok(Some(text)),
            Self::Other => Err(InvalidErrorLine::Field { name }),
        }
    }

    /// Returns a time from milliseconds since 1970. Returns `None` for a number outside the range
    /// of `Timestamp`, as for the arrivals in events.
    pub(super) fn timestamp(
        self,
        name: &'static str,
    ) -> Result<Option<Timestamp>, InvalidErrorLine> {
        let milliseconds = self.number(name)?;
        Ok(milliseconds.and_then(|it| Timestamp::from_millisecond(it).ok()))
    }

    /// Returns a number, or `None` for a missing field or an empty text.
    pub(super) fn number<N: FromStr>(
        self,
        name: &'static str,
    ) -> Result<Option<N>, InvalidErrorLine> {
        match self.text(name)? {
            Some(text) if !text.is_empty() => {
                text.parse().map(Some).map_err(|_| InvalidErrorLine::Field { name })
            }
            _ => Ok(None),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for ErrorField<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = ErrorField<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(ErrorField::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(ErrorField::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(ErrorField::Text(Cow::Owned(number.to_string())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(ErrorField::Text(Cow::Owned(number.to_string())))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(ErrorField::Missing)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(ErrorField::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(ErrorField::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(ErrorField::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(ErrorField::Other)
    }
}
