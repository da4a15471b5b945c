use std::fmt;

use serde::{Deserialize, Serialize};

use crate::json_tree::JsonTree;

/// A path to one or more values of a JSON payload, in the notation of jq.
///
/// `.` is the whole payload, `.a.b` a member, `."a b"` a member with any key, `.a[0]` an item, and
/// `.a[]` all items of an array, or all members of an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct ValuePath {
    steps: Vec<PathStep>,
    text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PathStep {
    /// The key of a member as a compact JSON string, with its quotes.
    Key(String),
    /// The index of an item, from 0.
    Index(usize),
    /// All items or members.
    All,
}

/// The location of one value in a payload: a path without [`PathStep::All`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Location(Vec<PathStep>);

impl ValuePath {
    /// Returns `true` if the path leads to this location.
    pub(crate) fn leads_to(&self, location: &Location) -> bool {
        let pairs = || self.steps.iter().zip(&location.0);
        self.steps.len() == location.0.len()
            && pairs().all(|(step, at)| *step == PathStep::All || step == at)
    }

    /// Returns `true` if the payload has a value at the path.
    pub(crate) fn is_in(&self, payload: &JsonTree) -> bool {
        is_in(&self.steps, payload)
    }
}

fn is_in(steps: &[PathStep], value: &JsonTree) -> bool {
    let Some((step, rest)) = steps.split_first() else { return true };
    match (step, value) {
        (PathStep::Index(index), JsonTree::Array(items)) => {
            items.get(*index).is_some_and(|item| is_in(rest, item))
        }
        (PathStep::All, JsonTree::Array(items)) => items.iter().any(|item| is_in(rest, item)),
        (PathStep::All, JsonTree::Object(members)) => {
            members.iter().any(|(_, value)| is_in(rest, value))
        }
        (PathStep::Key(key), JsonTree::Object(members)) => {
            members.iter().any(|(name, value)| name == key && is_in(rest, value))
        }
        _ => false,
    }
}

impl Location {
    /// Calls `visit` with the location of a member or an item of the value at this location.
    pub(crate) fn within<T>(&mut self, step: PathStep, visit: impl FnOnce(&mut Self) -> T) -> T {
        self.0.push(step);
        let result = visit(self);
        self.0.pop();
        result
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !matches!(self.0.first(), Some(PathStep::Key(_))) {
            f.write_str(".")?;
        }
        for step in &self.0 {
            match step {
                PathStep::Key(key) => {
                    let name = key.trim_matches('"');
                    let is_plain = !name.is_empty() && name.chars().all(is_plain);
                    write!(f, ".{}", if is_plain { name } else { key })?;
                }
                PathStep::Index(index) => write!(f, "[{index}]")?,
                PathStep::All => f.write_str("[]")?,
            }
        }
        Ok(())
    }
}

/// Returns `true` for a character that a key without quotes may have.
fn is_plain(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

impl TryFrom<String> for ValuePath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match steps(&text) {
            Some(steps) => Ok(Self { steps, text }),
            None => Err(format!(
                "{text:?} is not a path; write a path such as `.time`, `.events[].time`, \
                 `.items[0]`, or `.\"a key\"` for a key with other characters"
            )),
        }
    }
}

impl From<ValuePath> for String {
    fn from(path: ValuePath) -> Self {
        path.text
    }
}

fn steps(text: &str) -> Option<Vec<PathStep>> {
    let mut steps = Vec::new();
    let mut rest = text;
    if rest == "." {
        return Some(steps);
    }
    // In `.[0]`, a dot precedes the bracket. In `.a[0]`, a key does.
    if rest.starts_with(".[") {
        rest = &rest[1..];
    } else if !rest.starts_with('.') {
        return None;
    }
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('[') {
            let (inside, after) = after.split_once(']')?;
            steps.push(match inside {
                "" => PathStep::All,
                index => PathStep::Index(index.parse().ok()?),
            });
            rest = after;
            continue;
        }
        let after = rest.strip_prefix('.')?;
        let length = if after.starts_with('"') {
            string_length(after)?
        } else {
            after.find(|character| !is_plain(character)).unwrap_or(after.len())
        };
        let (key, after) = after.split_at(length);
        let name: String = match key.starts_with('"') {
            true => serde_json::from_str(key).ok()?,
            false if key.is_empty() => return None,
            false => key.to_owned(),
        };
        steps.push(PathStep::Key(serde_json::to_string(&name).ok()?));
        rest = after;
    }
    Some(steps)
}

/// Returns the length of the JSON string at the start of the text, with its quotes.
fn string_length(text: &str) -> Option<usize> {
    let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
    strings.next()?.ok()?;
    Some(strings.byte_offset())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Result<ValuePath, String> {
        ValuePath::try_from(text.to_owned())
    }

    #[test]
    fn a_path_leads_to_the_values_that_it_names() {
        let payload = r#"{"a": {"b": [{"c": 1}, {"d": 2}]}, "x.y": [], "é": 0, "q\"": 1}"#;
        let payload = JsonTree::parse(payload).unwrap();
        for present in
            [".", ".a", ".a.b[0].c", ".a.b[].d", ".a[][1]", ".\"x.y\"", ".é", ".\"q\\\"\"", ".[]"]
        {
            assert!(path(present).unwrap().is_in(&payload), "{present}");
        }
        for missing in [".b", ".a.b.c", ".a.b[2]", ".a.b[].e", ".x.y", ".\"x.y\"[]", ".[0]"] {
            assert!(!path(missing).unwrap().is_in(&payload), "{missing}");
        }
    }

    #[test]
    fn an_invalid_path_is_rejected() {
        for text in ["", "a", "..a", ".a.", ".a[", ".a[x]", ".a b", ".\"a", ".a[-1]", "[0]", ".a-b"]
        {
            let error = path(text).unwrap_err();
            assert!(error.contains("is not a path; write a path such as"), "{error}");
        }
    }

    #[test]
    fn a_location_is_shown_as_a_path() {
        let mut location = Location::default();
        assert_eq!(location.to_string(), ".");
        let key = |name: &str| PathStep::Key(serde_json::to_string(name).unwrap());
        let shown = location.within(PathStep::Index(3), |at| {
            at.within(key("a"), |at| at.within(key("b c"), |at| at.to_string()))
        });
        assert_eq!(shown, ".[3].a.\"b c\"");
        let shown = location.within(key("a"), |at| {
            at.within(PathStep::Index(0), |at| {
                assert!(path(".a[]").unwrap().leads_to(at) && path(".a[0]").unwrap().leads_to(at));
                assert!(!path(".a").unwrap().leads_to(at) && !path(".a[1]").unwrap().leads_to(at));
                at.to_string()
            })
        });
        assert_eq!(shown, ".a[0]");
    }
}
