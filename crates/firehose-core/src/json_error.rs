use std::fmt;

use serde_json::error::Category;

/// Why a payload is not the JSON that was asked for: what, and where, and no payload.
///
/// `serde_json`'s own errors quote the value that does not fit, and causes end up in logs.
/// This error keeps the kind of the value and its place, and leaves the value out. An error
/// text made by a type's own `Deserialize` is left out too, since it may quote anything;
/// use `serde_json::from_slice(record.data())` where you need it.
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
    pub(crate) fn new(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let text = text
            .strip_suffix(&format!(" at line {line} column {column}"))
            .unwrap_or(&text);
        let message = match error.classify() {
            Category::Data => without_values(text),
            Category::Syntax | Category::Eof | Category::Io => text.to_owned(),
        };
        Self {
            message,
            line,
            column,
        }
    }

    /// The line of the payload, from 1; 0 if the error has no place.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in bytes, from 1; 0 if the error is at the start of a line.
    pub fn column(&self) -> usize {
        self.column
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

/// Reduces the texts of serde's own data errors to the parts that come from the type.
fn without_values(text: &str) -> String {
    // These name fields of the Rust type, or nothing at all.
    for safe in [
        "missing field",
        "duplicate field",
        "invalid length",
        "data did not match any",
    ] {
        if text.starts_with(safe) {
            return text.to_owned();
        }
    }
    let expected = || text.rfind(", expected ").map_or("", |at| &text[at..]);
    for named in ["unknown variant", "unknown field"] {
        if text.starts_with(named) {
            return format!("{named}{}", expected());
        }
    }
    for typed in ["invalid type: ", "invalid value: "] {
        if let Some(found) = text.strip_prefix(typed) {
            let kind = found
                .split(['"', '`', ','])
                .next()
                .unwrap_or_default()
                .trim_end();
            return format!("{typed}{kind}{}", expected());
        }
    }
    "the value does not fit its type".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the errors of reading it are of interest")]
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

    fn error_of<'a, T: Deserialize<'a> + fmt::Debug>(json: &'a str) -> String {
        JsonError::new(&serde_json::from_str::<T>(json).unwrap_err()).to_string()
    }

    #[test]
    fn values_are_left_out() {
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
            (
                error_of::<Reading>("{}"),
                "missing field `celsius` at line 1 column 2",
            ),
            (
                error_of::<u8>("321"),
                "invalid value: integer, expected u8 at line 1 column 3",
            ),
            (
                error_of::<Quoting>(r#""SECRET""#),
                "the value does not fit its type",
            ),
            (
                error_of::<Quoting>("SECRET"),
                "expected value at line 1 column 1",
            ),
            (
                error_of::<Reading>(""),
                "EOF while parsing a value at line 1 column 0",
            ),
        ] {
            assert_eq!(error, expected);
        }
    }
}
