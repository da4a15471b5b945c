use std::fmt;

use json_scanner::LocatedSyntaxError;
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
    /// An error of reading a payload, which may quote it.
    pub(crate) fn reading(error: &serde_json::Error) -> Self {
        Self::new(error, |text| match error.classify() {
            Category::Data => without_values(text),
            Category::Syntax | Category::Eof | Category::Io => text.to_owned(),
        })
    }

    /// An error of writing a value: the text is that of the value's own type.
    pub(crate) fn writing(error: &serde_json::Error) -> Self {
        Self::new(error, str::to_owned)
    }

    fn new(error: &serde_json::Error, message: impl FnOnce(&str) -> String) -> Self {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let text = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
        Self { message: message(text), line, column }
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

/// Reduces the texts of serde's own data errors to the parts that come from the Rust type.
/// What is not word for word one of these may quote anything.
fn without_values(text: &str) -> String {
    from_the_type(text)
        .or_else(|| unknown_name(text))
        .or_else(|| wrong_kind(text))
        .unwrap_or_else(|| "the value does not fit its type".to_owned())
}

/// Texts that name a field or an enum of the type, and nothing else.
fn from_the_type(text: &str) -> Option<String> {
    let is_name = |name: &str| name.chars().all(|it| it.is_alphanumeric() || "_-.".contains(it));
    let quoted = |text: &str, what: &str| {
        let name = text.strip_prefix(what)?.strip_prefix('`')?.strip_suffix('`')?;
        is_name(name).then_some(())
    };
    let untagged = "data did not match any variant of untagged enum ";
    let length = |text: &str| {
        let (length, _) = text.strip_prefix("invalid length ")?.split_once(", expected ")?;
        length.bytes().all(|it| it.is_ascii_digit()).then_some(())
    };
    quoted(text, "missing field ")
        .or_else(|| quoted(text, "duplicate field "))
        .or_else(|| text.strip_prefix(untagged).filter(|name| is_name(name)).map(drop))
        .or_else(|| length(text))
        .map(|()| text.to_owned())
}

/// ``unknown field `found`, expected …``, without what was found. That may contain anything,
/// also what looks like the end of it, so the last end counts.
fn unknown_name(text: &str) -> Option<String> {
    let what = ["unknown field", "unknown variant"].into_iter().find(|it| text.starts_with(it))?;
    let ends = ["`, expected ", "`, there are no "];
    let end = ends.into_iter().filter_map(|end| text.rfind(end)).max()?;
    Some(format!("{what}{}", &text[end + 1..]))
}

/// `invalid type: string "found", expected …`, with the kind of what was found.
fn wrong_kind(text: &str) -> Option<String> {
    const KINDS: [&str; 15] = [
        "boolean",
        "integer",
        "floating point",
        "character",
        "string",
        "byte array",
        "unit value",
        "Option value",
        "newtype struct",
        "sequence",
        "map",
        "enum",
        "unit variant",
        "tuple variant",
        "null",
    ];
    let what = ["invalid type", "invalid value"].into_iter().find(|it| text.starts_with(it))?;
    let (_, expected) = text.rsplit_once(", expected ")?;
    let found = text.strip_prefix(what)?.strip_prefix(": ")?;
    let is_kind =
        |kind: &&str| found.strip_prefix(kind).is_some_and(|rest| rest.starts_with([' ', ',']));
    Some(match KINDS.into_iter().find(is_kind) {
        Some(kind) => format!("{what}: {kind}, expected {expected}"),
        None => format!("{what}, expected {expected}"),
    })
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

    /// Says what it is told to, in the ways that serde has for it.
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
                _ => panic!("unknown"),
            })
        }
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct NoFields {}

    #[test]
    fn texts_that_imitate_serde_are_left_out_too() {
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
