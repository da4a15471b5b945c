use std::fmt;

use json_scanner::LocatedSyntaxError;
use serde_json::error::Category;

use crate::json::error_text::without_values;

/// An error from reading or writing JSON: its kind and its position, without payload.
///
/// The errors of `serde_json` quote the unexpected value. The cause of a failed record goes to the
/// log, which must not contain payload. So this error keeps the kind and the position of the value,
/// and leaves out the value. It also leaves out the error text of a type's own `Deserialize`, which
/// may quote anything. To see such a text, use `serde_json::from_slice(record.data())`.
///
/// ```
/// use firehose_core::Record;
///
/// let record = Record::new("record-1", r#"{"user": "alice@example.com"}"#);
/// let error = record.json::<std::collections::BTreeMap<String, u64>>().unwrap_err();
/// assert_eq!(error.to_string(), "invalid type: string, expected u64 at line 1 column 28");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    message: String,
    line: usize,
    column: usize,
}

impl JsonError {
    /// Converts an error from reading a payload, and removes payload from the text of the error.
    pub(crate) fn reading(error: &serde_json::Error) -> Self {
        Self::new(error, |text| match error.classify() {
            Category::Data => without_values(text),
            Category::Syntax | Category::Eof | Category::Io => text.to_owned(),
        })
    }

    /// Converts an error from writing a value. Keeps the text, which comes from the type and not
    /// from a payload.
    pub(crate) fn writing(error: &serde_json::Error) -> Self {
        Self::new(error, str::to_owned)
    }

    fn new(error: &serde_json::Error, message: impl FnOnce(&str) -> String) -> Self {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let text = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
        Self { message: message(text), line, column }
    }

    /// Returns the line of the payload, from 1, or 0 if the error has no position.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the column in bytes, from 1, or 0 if the error is at the start of a line.
    pub fn column(&self) -> usize {
        self.column
    }
}

impl From<LocatedSyntaxError> for JsonError {
    fn from(error: LocatedSyntaxError) -> Self {
        let message = format!("expected {}", error.expected());
        Self { message, line: error.line(), column: error.column() }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.line {
            0 => Ok(()),
            line => write!(f, " at line {line} column {}", self.column),
        }
    }
}

impl std::error::Error for JsonError {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "the tests read only the errors")]
    struct Reading {
        celsius: f64,
        unit: Unit,
    }

    #[derive(Debug, Deserialize)]
    enum Unit {
        Celsius,
    }

    #[derive(Debug)]
    struct Quoting;

    impl<'de> Deserialize<'de> for Quoting {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let text = String::deserialize(from)?;
            Err(serde::de::Error::custom(format!("cannot use {text}")))
        }
    }

    /// A type that cannot be deserialized. Its input, such as `custom:text`, chooses the kind of
    /// the error and the text that the error quotes.
    #[derive(Debug)]
    struct Imitating;

    impl<'de> Deserialize<'de> for Imitating {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            use serde::de::{Error, Unexpected};
            let text = String::deserialize(from)?;
            Err(match text.split_once(':') {
                Some(("custom", text)) => Error::custom(text),
                Some(("other", text)) => Error::invalid_value(Unexpected::Other(text), &"a unit"),
                Some(("type", text)) => Error::invalid_type(Unexpected::Str(text), &"a unit"),
                _ => panic!("unknown form of an error"),
            })
        }
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct NoFields {}

    #[test]
    fn leaves_out_texts_that_imitate_serde() {
        let plain = "the value does not fit its type";
        for (json, expected) in [
            (r#""custom:missing field for SECRET""#, plain),
            (r#""custom:missing field `SECRET` SECRET""#, plain),
            (r#""custom:invalid length SECRET, expected 5""#, plain),
            (r#""custom:data did not match any SECRET""#, plain),
            (r#""other:SECRET""#, "invalid value, expected a unit"),
            (r#""other:string SECRET""#, "invalid value: string, expected a unit"),
            (r#""type:\"SECRET\", expected SECRET""#, "invalid type: string, expected a unit"),
        ] {
            assert_eq!(error_of::<Imitating>(json), expected, "{json}");
        }
        for key in
            ["SECRET, expected SECRET", "SECRET`, expected SECRET", "SECRET`, there are no SECRET"]
        {
            let error = error_of::<NoFields>(&format!(r#"{{"{key}":1}}"#));
            assert!(error.starts_with("unknown field, there are no fields at"), "{error}");
        }
    }

    fn error_of<'a, T: Deserialize<'a> + fmt::Debug>(json: &'a str) -> String {
        JsonError::reading(&serde_json::from_str::<T>(json).unwrap_err()).to_string()
    }

    #[test]
    fn leaves_values_out() {
        for (error, expected) in [
            (
                error_of::<Reading>(r#"{"celsius":"SECRET, expected SECRET"}"#),
                "invalid type: string, expected f64 at line 1 column 36",
            ),
            (
                error_of::<Reading>(r#"{"SECRET":1}"#),
                "unknown field, expected `celsius` or `unit` at line 1 column 9",
            ),
            (
                error_of::<Reading>(r#"{"unit":"SECRET"}"#),
                "unknown variant, expected `Celsius` at line 1 column 16",
            ),
            (error_of::<Reading>("{}"), "missing field `celsius` at line 1 column 2"),
            (error_of::<u8>("321"), "invalid value: integer, expected u8 at line 1 column 3"),
            (error_of::<Quoting>(r#""SECRET""#), "the value does not fit its type"),
            (error_of::<Quoting>("SECRET"), "expected value at line 1 column 1"),
            (error_of::<Reading>(""), "EOF while parsing a value at line 1 column 0"),
        ] {
            assert_eq!(error, expected);
        }
    }
}
