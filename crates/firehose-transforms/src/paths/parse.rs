//! Parses paths.

use std::str::FromStr;

use crate::paths::{
    field_path::{FieldPath, PathStep},
    identifier::{is_identifier, is_name_character},
    path_error::PathError,
};

impl FromStr for FieldPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Parser { text, at: 0 }.path().map_err(|problem| PathError::new(text, problem))
    }
}

struct Parser<'a> {
    text: &'a str,
    /// The offset of the next character, in bytes.
    at: usize,
}

const BRACKET_FORMS: &str = "write [], [0] or [\"name\"]";

impl Parser<'_> {
    fn path(mut self) -> Result<FieldPath, String> {
        match self.text {
            "" => return Err("the path is empty; write a path such as .user.email".into()),
            "." => {
                return Err("`.` is the whole value; name a field of it, such as .user".into());
            }
            text if !text.starts_with('.') => {
                return Err(format!("the path must begin with `.`; write .{text}"));
            }
            _ => {}
        }
        let mut steps = Vec::new();
        while let Some(next) = self.peek() {
            if steps.len() == FieldPath::MAX_STEPS {
                return Err(format!("the path has more than {} steps", FieldPath::MAX_STEPS));
            }
            steps.push(match next {
                '.' => {
                    self.at += 1;
                    match self.peek() {
                        Some('[') => self.bracket()?,
                        _ => PathStep::Member(self.name()?),
                    }
                }
                '[' => self.bracket()?,
                ']' => return Err(self.unexpected(next, "has no `[` before it")),
                '?' => {
                    let remedy = "is not supported; a missing field is not an error anyway";
                    return Err(self.unexpected(next, remedy));
                }
                _ => return Err(self.not_in_name(next)),
            });
        }
        Ok(FieldPath::from_steps(steps))
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn name(&mut self) -> Result<Box<str>, String> {
        let rest = &self.text[self.at..];
        match self.peek() {
            Some('"') => return self.string(),
            None => return Err("a name is missing at the end".into()),
            Some(first) if !first.is_ascii() => return Err(self.not_in_name(first)),
            Some(first) if !is_identifier(&rest[..1]) => {
                return Err(self.unexpected(first, "is not the start of a name"));
            }
            Some(_) => {}
        }
        let length = rest.find(|next| !is_name_character(next)).unwrap_or(rest.len());
        self.at += length;
        Ok(rest[..length].into())
    }

    /// Reads a JSON string.
    fn string(&mut self) -> Result<Box<str>, String> {
        let place = self.place();
        let rest = &self.text[self.at..];
        let mut is_escaped = false;
        let end = rest.char_indices().skip(1).find(|&(_, character)| {
            let is_end = character == '"' && !is_escaped;
            is_escaped = character == '\\' && !is_escaped;
            is_end
        });
        let Some((end, _)) = end else {
            return Err(format!("the string at {place} is not closed"));
        };
        self.at += end + 1;
        serde_json::from_str::<String>(&rest[..=end])
            .map(Into::into)
            .map_err(|_| format!("the string at {place} is not a valid JSON string"))
    }

    fn bracket(&mut self) -> Result<PathStep, String> {
        let open = self.place();
        let not_closed = || format!("`[` at {open} is not closed; {BRACKET_FORMS}");
        self.at += 1;
        let step = match self.peek() {
            None => return Err(not_closed()),
            Some(']') => PathStep::Each,
            Some('"') => PathStep::Member(self.string()?),
            Some('0'..='9') => PathStep::Index(self.index()?),
            Some('-') => {
                let remedy = "is not an index; an index counts from 0 at the start of the array";
                return Err(self.unexpected('-', remedy));
            }
            Some(other) => {
                let remedy = "is not an index, and a name needs double quotes";
                return Err(self.unexpected(other, &format!("{remedy}; {BRACKET_FORMS}")));
            }
        };
        if self.peek() != Some(']') {
            return Err(not_closed());
        }
        self.at += 1;
        Ok(step)
    }

    fn index(&mut self) -> Result<usize, String> {
        let place = self.place();
        let rest = &self.text[self.at..];
        let length = rest.find(|next: char| !next.is_ascii_digit()).unwrap_or(rest.len());
        self.at += length;
        rest[..length].parse().map_err(|_| format!("the index at {place} is too large"))
    }

    /// Returns the position of the next character, such as `character 1` for the first.
    fn place(&self) -> String {
        format!("character {}", 1 + self.text[..self.at].chars().count())
    }

    fn unexpected(&self, found: char, problem: &str) -> String {
        format!("`{found}` at {} {problem}", self.place())
    }

    fn not_in_name(&self, found: char) -> String {
        self.unexpected(
            found,
            "is not part of a name; write a name with such characters in double quotes, such as \
             .\"a b\"",
        )
    }
}
