//! A tree of JSON that keeps the bytes of scalars and keys, and generators of random JSON.

use json_scanner::{JsonScanner, JsonSyntaxError};
use proptest::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    Scalar(String),
    Array(Vec<Self>),
    /// The keys as JSON strings, and the values.
    Object(Vec<(String, Self)>),
}

impl Json {
    pub(crate) fn parse(text: &str) -> Result<Self, JsonSyntaxError> {
        let mut scanner = JsonScanner::new(text);
        let json = Self::read(&mut scanner)?;
        scanner.end()?;
        Ok(json)
    }

    fn read(scanner: &mut JsonScanner<'_>) -> Result<Self, JsonSyntaxError> {
        Ok(match scanner.peek() {
            Some(b'{') => {
                scanner.object()?;
                let mut members = Vec::new();
                while let Some(key) = scanner.key()? {
                    members.push((key.to_owned(), Self::read(scanner)?));
                }
                Self::Object(members)
            }
            Some(b'[') => {
                scanner.array()?;
                let mut items = Vec::new();
                while scanner.item()? {
                    items.push(Self::read(scanner)?);
                }
                Self::Array(items)
            }
            _ => Self::Scalar(scanner.value()?.to_owned()),
        })
    }

    /// Writes the tree. Takes the white space at each position that allows it from `spaces`.
    pub(crate) fn write<'a>(&self, spaces: &mut impl Iterator<Item = &'a str>, out: &mut String) {
        let mut space = |out: &mut String| out.push_str(spaces.next().unwrap_or_default());
        space(out);
        match self {
            Self::Scalar(text) => out.push_str(text),
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    item.write(spaces, out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    out.push_str(spaces.next().unwrap_or_default());
                    out.push_str(key);
                    out.push_str(spaces.next().unwrap_or_default());
                    out.push(':');
                    value.write(spaces, out);
                }
                out.push('}');
            }
        }
        out.push_str(spaces.next().unwrap_or_default());
    }
}

/// Returns the decoded name of a key, or `None` if the key has half of a surrogate pair.
pub(crate) fn name_of(key: &str) -> Option<String> {
    serde_json::from_str(key).ok()
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "null",
            "true",
            "1.50",
            "-0",
            "1e400",
            "12345678901234567890123"
        ])
        .prop_map(str::to_owned),
        ".{0,12}".prop_map(|text: String| serde_json::to_string(&text).unwrap()),
        prop::sample::select(vec![
            r#""\u0041\/""#,
            r#""\ud800 x@example.com""#,
            r#""\u0061na\u0040example.com, 192.0.2.1""#,
            r#""ip 2001:db8::1""#,
        ])
        .prop_map(str::to_owned),
    ]
}

fn key() -> impl Strategy<Value = String> {
    let keys = [r#""a""#, r#""\u0061""#, r#""b""#, r#""c""#, r#""a b""#, r#""""#, r#""\ud800""#];
    prop::sample::select(keys.to_vec()).prop_map(str::to_owned)
}

fn json() -> impl Strategy<Value = Json> {
    scalar().prop_map(Json::Scalar).prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::Array),
            prop::collection::vec((key(), inner), 0..6).prop_map(Json::Object),
        ]
    })
}

/// Generates random JSON, with its text.
pub(crate) fn json_text() -> impl Strategy<Value = (Json, String)> {
    let spaces = prop::collection::vec(prop::sample::select(vec!["", "", " ", "\n\t"]), 1..9);
    (json(), spaces).prop_map(|(json, spaces)| {
        let mut text = String::new();
        json.write(&mut spaces.iter().copied().cycle(), &mut text);
        (json, text)
    })
}

/// Generates the text of a random path of one to three steps.
pub(crate) fn path_text() -> impl Strategy<Value = String> {
    let step =
        prop::sample::select(vec![".a", ".b", ".c", r#"."a b""#, r#"."""#, "[]", "[0]", "[1]"]);
    prop::collection::vec(step, 1..4).prop_map(|steps| {
        let path = steps.concat();
        if path.starts_with('.') { path } else { format!(".{path}") }
    })
}
