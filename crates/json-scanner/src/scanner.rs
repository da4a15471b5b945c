use crate::{key::JsonKey, string::closing_quote, syntax_error::JsonSyntaxError};

/// Reads JSON from front to back, and hands out its pieces as they are written.
///
/// It builds no tree, copies nothing and does not recurse, however deep the text is. It takes
/// what the grammar of [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-2) takes, and
/// nothing else, as far as it reads.
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
    text: &'a str,
    at: usize,
    /// Nothing of the innermost object or array has been read yet.
    first: bool,
    escapes: bool,
}

impl<'a> JsonScanner<'a> {
    /// A scanner at the beginning of this text.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, first: false, escapes: false }
    }

    /// How much of the text has been passed, in bytes.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The first byte of what comes next, white space left out; `None` at the end.
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

    /// Enters an object; [`key`](Self::key) takes it from there.
    ///
    /// # Errors
    ///
    /// If what comes next is no object.
    #[inline]
    pub fn object(&mut self) -> Result<(), JsonSyntaxError> {
        self.take(b'{', "an object")?;
        self.first = true;
        Ok(())
    }

    /// The key of the next member of an object, as it is written, quotes and all; its value
    /// is next. `None` at the end of the object, which is left then.
    ///
    /// # Errors
    ///
    /// If there is neither a member nor the end of the object.
    #[inline]
    pub fn key(&mut self) -> Result<Option<&'a str>, JsonSyntaxError> {
        if !self.next_of(b'}', "`,` or `}`")? {
            return Ok(None);
        }
        if self.peek() != Some(b'"') {
            return Err(self.expected("a key in quotes"));
        }
        let key = self.string()?;
        self.take(b':', "`:`")?;
        Ok(Some(key))
    }

    /// Passes the key of the next member, if it is this one with no white space around it; its
    /// value is next. If not, or if the text ends soon, nothing is passed.
    ///
    /// It is several times as fast as [`key`](Self::key), for whoever knows what to expect.
    ///
    /// ```
    /// use json_scanner::{JsonKey, JsonScanner};
    ///
    /// const ID: JsonKey = JsonKey::new("id");
    ///
    /// let mut scanner = JsonScanner::new(r#"{"id":"s-7","value":21.5,"unit":"celsius"}"#);
    /// scanner.object()?;
    /// if scanner.take_key(&ID) {
    ///     assert_eq!(scanner.value()?, r#""s-7""#);
    /// }
    /// assert_eq!(scanner.key()?, Some(r#""value""#));
    /// # Ok::<_, json_scanner::JsonSyntaxError>(())
    /// ```
    #[inline]
    pub fn take_key(&mut self, key: &JsonKey) -> bool {
        let comma = usize::from(!self.first);
        let text = self.text.as_bytes();
        if !self.first && text.get(self.at) != Some(&b',') {
            return false;
        }
        let Some(length) = text.get(self.at + comma..).and_then(|text| key.at_start_of(text))
        else {
            return false;
        };
        self.at += comma + length;
        self.first = false;
        true
    }

    /// Whether any string or key so far has an escape in it. As long as none has, each is what
    /// it stands for.
    #[inline]
    pub fn has_seen_escapes(&self) -> bool {
        self.escapes
    }

    /// Enters an array; [`item`](Self::item) takes it from there.
    ///
    /// # Errors
    ///
    /// If what comes next is no array.
    #[inline]
    pub fn array(&mut self) -> Result<(), JsonSyntaxError> {
        self.take(b'[', "an array")?;
        self.first = true;
        Ok(())
    }

    /// Whether there is a further item in an array, which is next. If not, the array is left.
    ///
    /// # Errors
    ///
    /// If there is neither a further item nor the end of the array.
    #[inline]
    pub fn item(&mut self) -> Result<bool, JsonSyntaxError> {
        self.next_of(b']', "`,` or `]`")
    }

    /// The value that comes next, as it is written, and passes over it.
    ///
    /// # Errors
    ///
    /// If it is no JSON.
    #[inline]
    pub fn value(&mut self) -> Result<&'a str, JsonSyntaxError> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'{' | b'[') => self.nested(),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            _ => Err(self.expected("a value")),
        }
    }

    /// That nothing comes any more.
    ///
    /// # Errors
    ///
    /// If something does.
    pub fn end(&mut self) -> Result<(), JsonSyntaxError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.expected("nothing more")),
        }
    }

    #[inline]
    fn expected(&self, what: &'static str) -> JsonSyntaxError {
        JsonSyntaxError::new(what, self.at)
    }

    #[inline]
    fn take(&mut self, byte: u8, what: &'static str) -> Result<(), JsonSyntaxError> {
        if self.peek() != Some(byte) {
            return Err(self.expected(what));
        }
        self.at += 1;
        Ok(())
    }

    /// Passes the comma before a further member or item, or leaves at the end.
    #[inline]
    fn next_of(&mut self, end: u8, what: &'static str) -> Result<bool, JsonSyntaxError> {
        let first = std::mem::take(&mut self.first);
        match self.peek() {
            Some(byte) if byte == end => {
                self.at += 1;
                Ok(false)
            }
            _ if first => Ok(true),
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.expected(what)),
        }
    }

    #[inline]
    fn string(&mut self) -> Result<&'a str, JsonSyntaxError> {
        let start = self.at;
        let (end, escaped) = closing_quote(self.text.as_bytes(), start + 1)?;
        self.at = end + 1;
        self.escapes |= escaped;
        Ok(&self.text[start..self.at])
    }

    fn word(&mut self, word: &'static str) -> Result<&'a str, JsonSyntaxError> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.expected("a value"));
        }
        self.at += word.len();
        Ok(word)
    }

    fn number(&mut self) -> Result<&'a str, JsonSyntaxError> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        match self.byte() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn digits(&mut self) -> Result<(), JsonSyntaxError> {
        let rest = &self.text.as_bytes()[self.at..];
        let mut length = 0;
        // Times and ids have many digits.
        while let Some(word) = rest[length..].first_chunk::<8>() {
            let word = u64::from_le_bytes(*word);
            // A digit has 3 in its upper half, and has it still after 6 is added.
            let upper = |word: u64| word & 0xf0f0_f0f0_f0f0_f0f0 == 0x3030_3030_3030_3030;
            if !upper(word) || !upper(word.wrapping_add(0x0606_0606_0606_0606)) {
                break;
            }
            length += 8;
        }
        while rest.get(length).is_some_and(u8::is_ascii_digit) {
            length += 1;
        }
        self.at += length;
        if length == 0 { Err(self.expected("a digit")) } else { Ok(()) }
    }

    /// An object or array, whatever is in it.
    fn nested(&mut self) -> Result<&'a str, JsonSyntaxError> {
        let start = self.at;
        // Of each object or array that is open, whether it is an object.
        let mut open = Vec::new();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.object()?;
                    open.push(true);
                }
                Some(b'[') => {
                    self.array()?;
                    open.push(false);
                }
                _ => {
                    self.value()?;
                }
            }
            while let Some(&is_object) = open.last() {
                if if is_object { self.key()?.is_some() } else { self.item()? } {
                    break;
                }
                open.pop();
            }
            if open.is_empty() {
                return Ok(&self.text[start..self.at]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    fn read(text: &str) -> Result<&str, JsonSyntaxError> {
        let mut scanner = JsonScanner::new(text);
        let value = scanner.value()?;
        scanner.end()?;
        Ok(value)
    }

    /// Pieces of JSON in any order, sometimes with something that is none.
    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            8 => prop::sample::select(vec!["{", "}", "[", "]", ",", ":", "\"a\"", "1", " "]),
            2 => prop::sample::select(vec![
                "true", "false", "null", "-", "0", ".", "e", "E", "+", "12", "-0.5e-3", "\n", "\t",
                "\"", "\\", "\"\\u00e9\"", "\"\\ud800\"", "\"\\x\"", "\"é and more of it than sixteen\"",
                "\u{1}", "\"\u{7f}\"", "nul", "tru e",
            ]),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    fn json() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
            any::<f64>().prop_map(|number| serde_json::to_string(&number).unwrap()),
            Just("null".to_owned()),
            Just("true".to_owned()),
        ];
        leaf.prop_recursive(5, 40, 5, |inner| {
            let member = (any::<String>(), inner.clone()).prop_map(|(key, value)| {
                format!("{}: {value}", serde_json::to_string(&key).unwrap())
            });
            prop_oneof![
                prop::collection::vec(inner, 0..5)
                    .prop_map(|items| format!("[{}]", items.join(","))),
                prop::collection::vec(member, 0..5)
                    .prop_map(|all| format!("{{{}}}", all.join(" ,\n"))),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn what_serde_json_takes_is_taken_and_nothing_else(text in texts()) {
            let expected = serde_json::from_str::<IgnoredAny>(&text).is_ok();
            prop_assert_eq!(read(&text).is_ok(), expected, "{:?}", read(&text));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn values_are_handed_out_whole(text in json(), cut in any::<prop::sample::Index>()) {
            prop_assert_eq!(read(&text), Ok(text.as_str()));
            let cut = text.floor_char_boundary(cut.index(text.len()));
            let expected = serde_json::from_str::<IgnoredAny>(&text[..cut]).is_ok();
            prop_assert_eq!(read(&text[..cut]).is_ok(), expected);
        }
    }

    #[test]
    fn depth_is_no_danger() {
        let deep = "[{\"a\":".repeat(100_000) + "1" + &"}]".repeat(100_000);
        assert_eq!(read(&deep), Ok(deep.as_str()));
    }

    #[test]
    fn errors_say_what_and_where() {
        for (text, expected) in [
            ("", "expected a value at byte 0"),
            ("[1 2]", "expected `,` or `]` at byte 3"),
            ("{\"a\" 1}", "expected `:` at byte 5"),
            ("{1:2}", "expected a key in quotes at byte 1"),
            ("\"abc", "expected a `\"` that ends the string at byte 4"),
            ("\"a\nc\"", "expected no control character in a string at byte 2"),
            ("01", "expected nothing more at byte 1"),
            ("-", "expected a digit at byte 1"),
        ] {
            assert_eq!(read(text).unwrap_err().to_string(), expected, "{text}");
        }
    }
}
