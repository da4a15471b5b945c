use std::fmt;

/// A path to a member of a JSON object, such as `.message`, `.event.original` or `."log line"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemberPath {
    text: String,
    names: Vec<String>,
}

/// An error for a text that is not a path to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidMemberPath {
    path: String,
    problem: &'static str,
    offset: usize,
}

impl fmt::Display for InvalidMemberPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, problem, offset } = self;
        write!(f, "invalid path `{path}`: {problem} at byte {offset}; write for example `.message`")
    }
}

impl std::error::Error for InvalidMemberPath {}

impl MemberPath {
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidMemberPath> {
        let mut names = Vec::new();
        let mut rest = text;
        while !rest.is_empty() || names.is_empty() {
            let at = text.len() - rest.len();
            let invalid =
                |problem| InvalidMemberPath { path: text.to_owned(), problem, offset: at };
            let name = rest.strip_prefix('.').ok_or_else(|| invalid("expected `.`"))?;
            let length = if name.starts_with('"') {
                let length = quoted_length(name).ok_or_else(|| invalid("unclosed quote"))?;
                let decoded = serde_json::from_str(&name[..length]);
                names.push(decoded.map_err(|_| invalid("invalid escape"))?);
                length
            } else {
                let is_plain = |letter: char| letter.is_alphanumeric() || "_-@".contains(letter);
                let length = name.find(|letter| !is_plain(letter)).unwrap_or(name.len());
                if length == 0 {
                    return Err(invalid("expected the name of a member"));
                }
                names.push(name[..length].to_owned());
                length
            };
            rest = &name[length..];
        }
        Ok(Self { text: text.to_owned(), names })
    }

    /// Returns the names of the members, outermost first. A path has at least one name.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// Returns the length of the quoted name at the start of a text.
fn quoted_length(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let end = text[1..].find(|letter| {
        let closes = letter == '"' && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        closes
    })?;
    Some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_parsed() {
        for (text, names) in [
            (".message", vec!["message"]),
            (".event.original", vec!["event", "original"]),
            (r#"."a b".c-d"#, vec!["a b", "c-d"]),
            (r#"."a\"\u0062""#, vec!["a\"b"]),
            (".@timestamp", vec!["@timestamp"]),
        ] {
            assert_eq!(MemberPath::parse(text).unwrap().names, names, "{text}");
        }
    }

    #[test]
    fn errors_name_the_position() {
        for (text, problem) in [
            ("", "expected `.` at byte 0"),
            (".", "expected the name of a member at byte 0"),
            ("message", "expected `.` at byte 0"),
            (".a..b", "expected the name of a member at byte 2"),
            (".a b", "expected `.` at byte 2"),
            (".a[0]", "expected `.` at byte 2"),
            (".\"a", "unclosed quote at byte 0"),
            (".\"\\x\"", "invalid escape at byte 0"),
        ] {
            let error = MemberPath::parse(text).unwrap_err().to_string();
            let expected =
                format!("invalid path `{text}`: {problem}; write for example `.message`");
            assert_eq!(error, expected);
        }
    }
}
