//! Methods that enter an object or an array and read its members or items one by one, and a method
//! that reads a whole object or array.

use crate::{key::JsonKey, scanner::JsonScanner, syntax_error::JsonSyntaxError};

impl<'a> JsonScanner<'a> {
    /// Enters an object. Call [`key`](Self::key) next.
    ///
    /// # Errors
    ///
    /// If the next value is not an object.
    #[inline]
    pub fn object(&mut self) -> Result<(), JsonSyntaxError> {
        self.take(b'{', "an object")?;
        self.first = true;
        Ok(())
    }

    /// Reads the next key of an object and returns it as it is written, with its quotes.
    ///
    /// Read the value of the member next. At the end of the object, the scanner leaves the object
    /// and returns `None`.
    ///
    /// # Errors
    ///
    /// If the text at this position is neither a member nor the end of the object.
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

    /// Reads the next key if it equals `key`, and returns true.
    ///
    /// Returns false and does not move in these cases:
    ///
    /// - The next key differs from `key`, or the object ends.
    /// - The next key contains an escape.
    /// - White space precedes the comma, the key or the colon.
    /// - Fewer than 32 bytes are left after the comma.
    ///
    /// Then call [`key`](Self::key), which has no such limits. For an expected key, `take_key` is
    /// several times as fast as `key`.
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

    /// Enters an array. Call [`item`](Self::item) next.
    ///
    /// # Errors
    ///
    /// If the next value is not an array.
    #[inline]
    pub fn array(&mut self) -> Result<(), JsonSyntaxError> {
        self.take(b'[', "an array")?;
        self.first = true;
        Ok(())
    }

    /// Moves to the start of the next item of an array and returns true.
    ///
    /// Read the item next, for example with [`value`](Self::value). At the end of the array, the
    /// scanner leaves the array and returns false.
    ///
    /// # Errors
    ///
    /// If the text at this position is neither a further item nor the end of the array.
    #[inline]
    pub fn item(&mut self) -> Result<bool, JsonSyntaxError> {
        self.next_of(b']', "`,` or `]`")
    }

    /// Reads the next value, with at most `levels` levels of nested objects and arrays, and returns
    /// the value as it is written.
    ///
    /// An object or array that is the value is the first level. Objects and arrays that the scanner
    /// has entered do not count.
    ///
    /// ```
    /// use json_scanner::JsonScanner;
    ///
    /// assert_eq!(JsonScanner::new("[[1]]").value_within(2)?, "[[1]]");
    /// let error = JsonScanner::new("[[1]]").value_within(1).unwrap_err();
    /// assert_eq!(error.to_string(), "expected fewer levels of nesting at byte 1");
    /// # Ok::<_, json_scanner::JsonSyntaxError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the text at this position is not a valid JSON value, or has more than `levels` levels.
    pub fn value_within(&mut self, levels: usize) -> Result<&'a str, JsonSyntaxError> {
        match self.peek() {
            Some(b'{' | b'[') => self.nested(levels),
            _ => self.value(),
        }
    }

    /// Reads the only value of the rest of the text, which may nest at most this number of objects and
    /// arrays, and returns the value as it is written.
    ///
    /// ```
    /// use json_scanner::JsonScanner;
    ///
    /// assert_eq!(JsonScanner::new(" [1] ").only_value_within(1)?, "[1]");
    /// let error = JsonScanner::new("[1] 2").only_value_within(1).unwrap_err();
    /// assert_eq!(error.to_string(), "expected the end of the text at byte 4");
    /// # Ok::<_, json_scanner::JsonSyntaxError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the text is not one valid JSON value, or has more levels.
    pub fn only_value_within(&mut self, levels: usize) -> Result<&'a str, JsonSyntaxError> {
        let value = self.value_within(levels)?;
        self.end()?;
        Ok(value)
    }

    /// Reads a whole object or array. Uses a stack on the heap instead of recursion.
    pub(crate) fn nested(&mut self, levels: usize) -> Result<&'a str, JsonSyntaxError> {
        let start = self.at;
        // The open containers, outermost first: true for an object, false for an array.
        let mut open = Vec::new();
        loop {
            match self.peek() {
                Some(b'{' | b'[') if open.len() == levels => {
                    return Err(self.expected("fewer levels of nesting"));
                }
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
                return Ok(self.text_since(start));
            }
        }
    }

    #[inline]
    fn take(&mut self, byte: u8, what: &'static str) -> Result<(), JsonSyntaxError> {
        if self.peek() != Some(byte) {
            return Err(self.expected(what));
        }
        self.at += 1;
        Ok(())
    }

    /// Skips the comma before a further member or item and returns true, or skips the closing
    /// bracket and returns false.
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
}
