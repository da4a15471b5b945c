use std::fmt;

use firehose_runtime::Timestamp;
use regex_lite::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::json_tree::JsonTree;

/// A rule that accepts different values at the same path.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(try_from = "Value", into = "Value")]
pub(crate) enum Matcher {
    Named(NamedMatcher),
    /// A regular expression for the whole text of a string, or for the spelling of a number.
    Pattern(Regex),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NamedMatcher {
    Any,
    String,
    Number,
    Integer,
    Boolean,
    Object,
    Array,
    Timestamp,
    Uuid,
}

impl NamedMatcher {
    const ALL: [(&'static str, Self); 9] = [
        ("any", Self::Any),
        ("string", Self::String),
        ("number", Self::Number),
        ("integer", Self::Integer),
        ("boolean", Self::Boolean),
        ("object", Self::Object),
        ("array", Self::Array),
        ("timestamp", Self::Timestamp),
        ("uuid", Self::Uuid),
    ];

    fn accepts(self, value: &JsonTree) -> bool {
        match self {
            Self::Any => true,
            Self::String => value.kind() == "a string",
            Self::Number => value.kind() == "a number",
            Self::Integer => {
                value.kind() == "a number" && !value.to_string().contains(['.', 'e', 'E'])
            }
            Self::Boolean => value.kind() == "a boolean",
            Self::Object => value.kind() == "an object",
            Self::Array => value.kind() == "an array",
            Self::Timestamp => value.string().is_some_and(|text| is_timestamp(&text)),
            Self::Uuid => value.string().is_some_and(|text| is_uuid(&text)),
        }
    }

    /// Returns the name of the rule in `expected.json`.
    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, matcher)| *matcher == self).map_or("", |(name, _)| name)
    }

    /// Returns the strictest rule that accepts both values. Returns `None` if they have different
    /// types, or are null, arrays or objects.
    pub(crate) fn for_both(one: &JsonTree, other: &JsonTree) -> Option<Self> {
        let candidates =
            [Self::Timestamp, Self::Uuid, Self::String, Self::Integer, Self::Number, Self::Boolean];
        candidates.into_iter().find(|it| it.accepts(one) && it.accepts(other))
    }
}

impl Matcher {
    /// Returns `true` if the value follows the rule.
    pub(crate) fn accepts(&self, value: &JsonTree) -> bool {
        match (self, value) {
            (Self::Named(matcher), _) => matcher.accepts(value),
            (Self::Pattern(pattern), JsonTree::Leaf(text)) => {
                pattern.is_match(&value.string().unwrap_or_else(|| text.clone()))
            }
            (Self::Pattern(_), JsonTree::Array(_) | JsonTree::Object(_)) => false,
        }
    }
}

/// Writes the rule as it follows the word "expected" in a message, such as `a UUID`.
impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(NamedMatcher::Any) => f.write_str("any value"),
            Self::Named(NamedMatcher::Timestamp) => f.write_str("a time in RFC 3339"),
            Self::Named(NamedMatcher::Uuid) => f.write_str("a UUID"),
            Self::Named(matcher) => {
                let name = matcher.name();
                let article = if name.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
                write!(f, "{article} {name}")
            }
            Self::Pattern(_) => write!(f, "a text that matches {}", Value::from(self.clone())),
        }
    }
}

/// Returns `true` for a time in RFC 3339, such as `2026-01-01T00:00:00.5Z`.
fn is_timestamp(text: &str) -> bool {
    // The parser also accepts times with the name of a time zone.
    !text.contains('[') && text.parse::<Timestamp>().is_ok()
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

impl TryFrom<Value> for Matcher {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        if let Some(name) = value.as_str()
            && let Some((_, matcher)) = NamedMatcher::ALL.iter().find(|(known, _)| *known == name)
        {
            return Ok(Self::Named(*matcher));
        }
        match (value.as_object(), value.get("pattern").and_then(Value::as_str)) {
            (Some(object), Some(pattern)) if object.len() == 1 => {
                let whole = Regex::new(&format!("^(?:{pattern})$"));
                whole.map(Self::Pattern).map_err(|error| {
                    format!("the pattern {pattern:?} is not a regular expression: {error}")
                })
            }
            _ => {
                let names: Vec<_> = NamedMatcher::ALL.iter().map(|(name, _)| *name).collect();
                let names = names.join(", ");
                Err(format!(
                    "{value} is not a rule; use one of {names}, or {{\"pattern\": \"...\"}}"
                ))
            }
        }
    }
}

impl From<Matcher> for Value {
    fn from(matcher: Matcher) -> Self {
        match matcher {
            Matcher::Named(matcher) => matcher.name().into(),
            Matcher::Pattern(pattern) => {
                let whole = pattern.as_str();
                let pattern = whole.strip_prefix("^(?:").and_then(|it| it.strip_suffix(")$"));
                json!({"pattern": pattern.unwrap_or(whole)})
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(rule: &Value, value: &str) -> bool {
        let matcher = Matcher::try_from(rule.clone()).unwrap();
        assert_eq!(Value::from(matcher.clone()), *rule);
        matcher.accepts(&JsonTree::parse(value).unwrap())
    }

    #[test]
    fn a_rule_accepts_the_values_of_its_type() {
        for (rule, accepted, rejected) in [
            ("any", vec!["null", "[1]", "\"\""], vec![]),
            ("string", vec!["\"\"", "\"a\""], vec!["1", "null", "[]"]),
            ("number", vec!["1", "-1.5e9"], vec!["\"1\"", "true"]),
            (
                "integer",
                vec!["1", "-20", "123456789012345678901234567890"],
                vec!["1.0", "1e2", "\"1\""],
            ),
            ("boolean", vec!["true", "false"], vec!["null", "0"]),
            ("object", vec!["{}", "{\"a\":1}"], vec!["[]", "\"{}\""]),
            ("array", vec!["[]"], vec!["{}"]),
            (
                "timestamp",
                vec!["\"2026-01-01T00:00:00Z\"", "\"2026-01-01T00:00:00.123456+02:00\""],
                vec!["\"2026-13-01T00:00:00Z\"", "\"2026-01-01\"", "1767225600000", "\"now\""],
            ),
            (
                "uuid",
                vec!["\"4a3c9c1e-6d0f-4a3e-9f83-8a1c2b7d5e60\""],
                vec!["\"4a3c9c1e6d0f4a3e9f838a1c2b7d5e60\"", "\"x\""],
            ),
        ] {
            accepted
                .iter()
                .for_each(|value| assert!(accepts(&rule.into(), value), "{rule} {value}"));
            rejected
                .iter()
                .for_each(|value| assert!(!accepts(&rule.into(), value), "{rule} {value}"));
        }
    }

    #[test]
    fn a_pattern_matches_the_whole_text() {
        let rule = json!({"pattern": "v[0-9]+|head"});
        for accepted in ["\"v1\"", "\"head\""] {
            assert!(accepts(&rule, accepted), "{accepted}");
        }
        for rejected in ["\"v1.2\"", "\"a head\"", "1", "[\"v1\"]", "{}", "null"] {
            assert!(!accepts(&rule, rejected), "{rejected}");
        }
        assert!(accepts(&json!({"pattern": "1\\.[0-9]+"}), "1.25"));
    }

    #[test]
    fn an_unknown_rule_is_rejected() {
        for (rule, problem) in [
            (json!("date"), "use one of any, string"),
            (json!({"pattern": "("}), "is not a regular expression"),
            (json!({"pattern": "a", "flags": "i"}), "is not a rule"),
            (json!(7), "is not a rule"),
        ] {
            let error = Matcher::try_from(rule).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
    }
}
