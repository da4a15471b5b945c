use std::fmt;

use crate::paths::{identifier::is_identifier, path_error::PathError};

/// A path to fields of a JSON text, written as in jq: `.user.email`, `.items[].id`, `."a b"`.
///
/// The [module docs](crate::paths) describe the syntax. A path has at least one step and at most
/// [`MAX_STEPS`](Self::MAX_STEPS).
///
/// ```
/// use firehose_transforms::paths::FieldPath;
///
/// let path: FieldPath = r#".users[0]."e-mail""#.parse()?;
/// assert_eq!(path.steps().len(), 3);
/// assert_eq!(path.to_string(), r#".users[0]."e-mail""#);
///
/// let error = ".user.e-mail".parse::<FieldPath>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "invalid path `.user.e-mail`: `-` at character 8 is not part of a name; write a name with \
///      such characters in double quotes, such as .\"a b\"",
/// );
/// # Ok::<_, firehose_transforms::paths::PathError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FieldPath {
    steps: Vec<PathStep>,
}

/// A step of a [`FieldPath`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathStep {
    /// `.name`: every member of an object with this name.
    Member(Box<str>),
    /// `[0]`: the item of an array at this index. The first index is 0.
    Index(usize),
    /// `[]`: every item of an array, and every member of an object.
    Each,
}

impl FieldPath {
    /// The maximum number of steps. Deeper fields do not exist, because a JSON text may have only 128
    /// levels.
    pub const MAX_STEPS: usize = 128;

    pub(crate) fn from_steps(steps: Vec<PathStep>) -> Self {
        Self { steps }
    }

    /// Returns the steps, outermost first.
    pub fn steps(&self) -> &[PathStep] {
        &self.steps
    }

    /// Returns the name of the member that the path ends with.
    ///
    /// # Errors
    ///
    /// If the path ends with an index or with `[]`.
    pub(crate) fn last_member(&self) -> Result<&str, PathError> {
        match self.steps.last() {
            Some(PathStep::Member(name)) => Ok(name),
            _ => Err(PathError::new(self, "the path must end with the name of a member")),
        }
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.steps.iter().enumerate() {
            if number == 0 && !matches!(step, PathStep::Member(_)) {
                f.write_str(".")?;
            }
            step.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for PathStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(name) if is_identifier(name) => write!(f, ".{name}"),
            Self::Member(name) => write!(f, ".{}", serde_json::Value::from(&**name)),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Each => f.write_str("[]"),
        }
    }
}

impl fmt::Debug for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldPath({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error_of(text: &str) -> String {
        text.parse::<FieldPath>().unwrap_err().to_string()
    }

    #[test]
    fn every_form_of_a_step_is_read() {
        let member = |name: &str| PathStep::Member(name.into());
        for (text, steps) in [
            (".a", vec![member("a")]),
            ("._a1.B", vec![member("_a1"), member("B")]),
            (r#"."a b"."""#, vec![member("a b"), member("")]),
            (r#"."\u0041\"]""#, vec![member("A\"]")]),
            (r#".["a"]["b"].c"#, vec![member("a"), member("b"), member("c")]),
            (".a[].b", vec![member("a"), PathStep::Each, member("b")]),
            (".[][12]", vec![PathStep::Each, PathStep::Index(12)]),
            (".a.[0]", vec![member("a"), PathStep::Index(0)]),
        ] {
            assert_eq!(text.parse::<FieldPath>().unwrap().steps(), steps, "{text}");
        }
    }

    #[test]
    fn errors_say_what_to_write() {
        for (text, problem) in [
            ("", "the path is empty; write a path such as .user.email"),
            ("user", "the path must begin with `.`; write .user"),
            (".", "`.` is the whole value; name a field of it, such as .user"),
            (".a.", "a name is missing at the end"),
            (".a..b", "`.` at character 4 is not the start of a name"),
            (".0", "`0` at character 2 is not the start of a name"),
            (".a]", "`]` at character 3 has no `[` before it"),
            (".a?", "`?` at character 3 is not supported; a missing field is not an error anyway"),
            (
                ".é",
                "`é` at character 2 is not part of a name; write a name with such characters in double quotes, such as .\"a b\"",
            ),
            (".a[", "`[` at character 3 is not closed; write [], [0] or [\"name\"]"),
            (
                ".a[-1]",
                "`-` at character 4 is not an index; an index counts from 0 at the start of the array",
            ),
            (".a[1", "`[` at character 3 is not closed; write [], [0] or [\"name\"]"),
            (
                ".a[x]",
                "`x` at character 4 is not an index, and a name needs double quotes; write [], [0] or [\"name\"]",
            ),
            (".a[99999999999999999999999]", "the index at character 4 is too large"),
            (r#"."a"#, "the string at character 2 is not closed"),
            (r#"."\x""#, "the string at character 2 is not a valid JSON string"),
            (r#"."\ud800""#, "the string at character 2 is not a valid JSON string"),
            (r#".["a""#, "`[` at character 2 is not closed; write [], [0] or [\"name\"]"),
        ] {
            assert_eq!(error_of(text), format!("invalid path `{text}`: {problem}"));
        }
        let long = ".a".repeat(FieldPath::MAX_STEPS);
        assert!(long.parse::<FieldPath>().is_ok());
        let error = error_of(&format!("{long}.a"));
        assert!(error.ends_with("the path has more than 128 steps"), "{error}");
    }

    fn step() -> impl Strategy<Value = PathStep> {
        prop_oneof![
            ".*".prop_map(|name: String| PathStep::Member(name.into())),
            "[a-z_]{1,3}".prop_map(|name: String| PathStep::Member(name.into())),
            any::<usize>().prop_map(PathStep::Index),
            Just(PathStep::Each),
        ]
    }

    proptest! {
        #[test]
        fn a_displayed_path_parses_to_the_same_path(steps in prop::collection::vec(step(), 1..6)) {
            let path = FieldPath::from_steps(steps);
            prop_assert_eq!(path.to_string().parse::<FieldPath>().unwrap(), path);
        }

        #[test]
        fn any_text_is_a_path_or_an_error(text in r#"[.a"\[\]\\ 0é?-]*|.*"#) {
            if let Ok(path) = text.parse::<FieldPath>() {
                prop_assert_eq!(path.to_string().parse::<FieldPath>().unwrap(), path);
            }
        }
    }
}
