use std::borrow::Cow;

use json_scanner::{JsonScanner, JsonSyntaxError};

use crate::json::error::JsonError;

/// A member of a JSON object: its key and its value as they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JsonMember<'a> {
    /// The key, with its quotes and escapes.
    pub key: &'a str,
    /// The value: a number with all its digits, a string with its quotes and escapes, an
    /// object or array from bracket to bracket.
    pub value: &'a str,
}

impl<'a> JsonMember<'a> {
    /// Returns the key without quotes and with its escapes decoded.
    ///
    /// Returns `None` if the key has half of a surrogate pair, which no Rust string can hold.
    ///
    /// ```
    /// use firehose_core::Record;
    ///
    /// let record = Record::new("record-1", r#"{"user": "u-7", "a\u0062": 1}"#);
    /// let members = record.json_members()?.collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!(members[0].name().as_deref(), Some("user"));
    /// assert_eq!(members[1].name().as_deref(), Some("ab"));
    /// # Ok::<_, firehose_core::JsonError>(())
    /// ```
    pub fn name(&self) -> Option<Cow<'a, str>> {
        let plain = self.key.strip_prefix('"')?.strip_suffix('"')?;
        if plain.contains('\\') {
            serde_json::from_str(self.key).ok().map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(plain))
        }
    }
}

/// An iterator over the members of a JSON object.
///
/// An error is the last item. See also [`Record::json_members`](crate::Record::json_members).
#[derive(Clone, Debug)]
pub struct JsonMembers<'a> {
    text: &'a str,
    scanner: JsonScanner<'a>,
    done: bool,
}

impl<'a> JsonMembers<'a> {
    pub(crate) fn new(text: &'a str) -> Result<Self, JsonError> {
        let mut scanner = JsonScanner::new(text);
        scanner.object().map_err(|error| error.in_text(text))?;
        Ok(Self { text, scanner, done: false })
    }

    fn member(&mut self) -> Result<Option<JsonMember<'a>>, JsonSyntaxError> {
        match self.scanner.key()? {
            Some(key) => Ok(Some(JsonMember { key, value: self.scanner.value()? })),
            None => self.scanner.end().map(|()| None),
        }
    }
}

impl<'a> Iterator for JsonMembers<'a> {
    type Item = Result<JsonMember<'a>, JsonError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        match self.member() {
            Ok(Some(member)) => Some(Ok(member)),
            Ok(None) => {
                self.done = true;
                None
            }
            Err(error) => {
                self.done = true;
                Some(Err(error.in_text(self.text).into()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_members_as_they_are_written() {
        let text = r#" {"a":1.50 , "a" : {"b":[]}, "\"\u0041":"\n"} "#;
        let members: Vec<_> =
            JsonMembers::new(text).unwrap().map(|it| it.map(|it| (it.key, it.value))).collect();
        let expected =
            [(r#""a""#, "1.50"), (r#""a""#, r#"{"b":[]}"#), (r#""\"\u0041""#, r#""\n""#)];
        assert_eq!(members, expected.map(Ok));
    }

    #[test]
    fn an_error_has_a_position_and_is_the_last_item() {
        let mut members = JsonMembers::new("{\"a\":1,\n \"b\":2x}").unwrap();
        assert!(members.next().unwrap().is_ok() && members.next().unwrap().is_ok());
        let error = members.next().unwrap().unwrap_err();
        assert_eq!(error.to_string(), "expected `,` or `}` at line 2 column 7");
        assert_eq!(members.next(), None);
        let error = JsonMembers::new("[1]").unwrap_err();
        assert_eq!(error.to_string(), "expected an object at line 1 column 1");
        let mut rest = JsonMembers::new("{} {}").unwrap();
        let error = rest.next().unwrap().unwrap_err();
        assert_eq!(error.to_string(), "expected the end of the text at line 1 column 4");
    }
}
