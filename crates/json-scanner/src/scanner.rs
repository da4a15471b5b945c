use crate::{number::number_end, string::closing_quote, syntax_error::JsonSyntaxError};

/// A scanner that reads JSON from front to back and returns its pieces as they are written.
///
/// The scanner builds no tree, copies nothing and does not recurse at any depth of the text. In the
/// part that it reads, the scanner accepts exactly the grammar of
/// [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-2). After an error, the position of
/// the scanner is unspecified.
///
/// ```
/// use json_scanner::JsonScanner;
///
/// let mut scanner = JsonScanner::new(r#"{"sensor": "s-7", "values": [1, 2.50]}"#);
/// let mut values = Vec::new();
/// scanner.object()?;
/// while let Some(key) = scanner.key()? {
///     if key == r#""values""# {
///         scanner.array()?;
///         while scanner.item()? {
///             values.push(scanner.value()?);
///         }
///     } else {
///         scanner.value()?;
///     }
/// }
/// scanner.end()?;
/// assert_eq!(values, ["1", "2.50"]);
/// # Ok::<_, json_scanner::JsonSyntaxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct JsonScanner<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
    /// True until the first member or item of the innermost object or array is read.
    pub(crate) first: bool,
    pub(crate) escapes: bool,
}

impl<'a> JsonScanner<'a> {
    /// Creates a scanner at the start of `text`.
    #[inline]
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, first: false, escapes: false }
    }

    /// Returns the position of the scanner, as an offset in bytes from 0.
    #[inline]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Skips white space and returns the next byte, or `None` at the end of the text.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    /// Returns `true` if a string or key that the scanner has read contains an escape.
    ///
    /// While this method returns false, the text between the quotes of each string is the decoded
    /// value of the string.
    #[inline]
    pub fn has_seen_escapes(&self) -> bool {
        self.escapes
    }

    /// Reads the next value and returns it as it is written.
    ///
    /// See also [`value_within`](Self::value_within), which limits the levels of nesting.
    ///
    /// # Errors
    ///
    /// If the text at this position is not a valid JSON value.
    pub fn value(&mut self) -> Result<&'a str, JsonSyntaxError> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'{' | b'[') => self.nested(usize::MAX),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            _ => Err(self.expected("a value")),
        }
    }

    /// Checks that only white space is left.
    ///
    /// # Errors
    ///
    /// If text other than white space is left.
    pub fn end(&mut self) -> Result<(), JsonSyntaxError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.expected("the end of the text")),
        }
    }

    #[inline]
    pub(crate) fn expected(&self, what: &'static str) -> JsonSyntaxError {
        JsonSyntaxError::new(what, self.at)
    }

    /// Returns the text from `start` to the position of the scanner.
    #[inline]
    pub(crate) fn text_since(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    #[inline]
    pub(crate) fn string(&mut self) -> Result<&'a str, JsonSyntaxError> {
        let start = self.at;
        let (end, escaped) = closing_quote(self.text.as_bytes(), start + 1)?;
        self.at = end + 1;
        self.escapes |= escaped;
        Ok(self.text_since(start))
    }

    fn number(&mut self) -> Result<&'a str, JsonSyntaxError> {
        let start = self.at;
        self.at = number_end(self.text.as_bytes(), start)?;
        Ok(self.text_since(start))
    }

    fn word(&mut self, word: &'static str) -> Result<&'a str, JsonSyntaxError> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.expected("a value"));
        }
        let start = self.at;
        self.at += word.len();
        Ok(self.text_since(start))
    }
}
