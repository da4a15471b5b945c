use crate::parse::parse_error::ParseError;

/// A cursor over the fields of a line: bare words, quoted texts and texts in brackets, separated by
/// spaces.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    line: &'a str,
    at: usize,
}

/// A field and its offset in the line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    pub(crate) text: &'a str,
    pub(crate) offset: usize,
}

impl<'a> Fields<'a> {
    /// Creates a cursor at the start of a line.
    ///
    /// # Errors
    ///
    /// If the text has a line break.
    pub(crate) fn new(line: &'a str) -> Result<Self, ParseError> {
        match memchr::memchr(b'\n', line.as_bytes()) {
            Some(at) => {
                Err(ParseError::at(at, "unexpected line break; split the record into lines first"))
            }
            None => Ok(Self { line, at: 0 }),
        }
    }

    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// Returns the text from the cursor on.
    pub(crate) fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    /// Returns true if only spaces are left.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.skip_spaces();
        self.at == self.line.len()
    }

    /// Moves the cursor forward by a number of bytes.
    pub(crate) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Reads the text up to the next space.
    pub(crate) fn bare(&mut self, column: &str) -> Result<Field<'a>, ParseError> {
        self.begin(column)?;
        let end = memchr::memchr(b' ', self.rest().as_bytes()).unwrap_or(self.rest().len());
        Ok(self.take(end))
    }

    /// Reads a text in quotes, without its quotes. The first quote that is not escaped with a backslash
    /// closes the text. A field without quotes is read like [`bare`](Self::bare).
    pub(crate) fn quoted(&mut self, column: &str) -> Result<Field<'a>, ParseError> {
        self.quoted_until(column, |rest| {
            let is_escaped = |at: usize| !backslashes_before(rest, at).is_multiple_of(2);
            memchr::memchr_iter(b'"', rest).find(|&at| !is_escaped(at))
        })
    }

    /// Reads a text in quotes that may contain quotes. `closing_quote` gets the text after the opening
    /// quote, and returns the offset of the closing quote in this text. A field without quotes is read
    /// like [`bare`](Self::bare).
    pub(crate) fn quoted_until(
        &mut self,
        column: &str,
        closing_quote: impl FnOnce(&[u8]) -> Option<usize>,
    ) -> Result<Field<'a>, ParseError> {
        self.begin(column)?;
        if !self.rest().starts_with('"') {
            return self.bare(column);
        }
        self.at += 1;
        let Some(end) = closing_quote(self.rest().as_bytes()) else {
            return Err(ParseError::at(self.at - 1, "the quote is not closed").in_column(column));
        };
        let field = self.take(end);
        self.at += 1;
        Ok(field)
    }

    /// Reads a text in square brackets, without its brackets. A field without brackets is read like
    /// [`bare`](Self::bare).
    pub(crate) fn bracketed(&mut self, column: &str) -> Result<Field<'a>, ParseError> {
        self.begin(column)?;
        if !self.rest().starts_with('[') {
            return self.bare(column);
        }
        self.at += 1;
        let Some(end) = memchr::memchr(b']', self.rest().as_bytes()) else {
            return Err(ParseError::at(self.at - 1, "the bracket is not closed").in_column(column));
        };
        let field = self.take(end);
        self.at += 1;
        Ok(field)
    }

    /// Reads the text before the next ` [`, because user names may contain spaces.
    pub(crate) fn before_bracket(&mut self, column: &str) -> Result<Field<'a>, ParseError> {
        self.begin(column)?;
        match memchr::memmem::find(self.rest().as_bytes(), b" [") {
            Some(end) => Ok(self.take(end)),
            None => self.bare(column),
        }
    }

    /// Checks that only spaces are left.
    pub(crate) fn end(&mut self) -> Result<(), ParseError> {
        if self.is_at_end() {
            Ok(())
        } else {
            Err(ParseError::at(self.at, "expected the end of the line"))
        }
    }

    fn begin(&mut self, column: &str) -> Result<(), ParseError> {
        if self.is_at_end() {
            let error = ParseError::at(self.at, "the line ends before the column");
            return Err(error.in_column(column));
        }
        Ok(())
    }

    fn take(&mut self, length: usize) -> Field<'a> {
        let field = Field { text: &self.rest()[..length], offset: self.at };
        self.at += length;
        field
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(' ').len();
    }
}

/// Returns the offset of the first quote that is followed by a space or by the end of the line. AWS logs
/// do not escape quotes.
pub(crate) fn quote_before_space(text: &[u8]) -> Option<usize> {
    let closes = |&at: &usize| matches!(text.get(at + 1), None | Some(b' '));
    memchr::memchr_iter(b'"', text).find(closes)
}

fn backslashes_before(text: &[u8], end: usize) -> usize {
    text[..end].iter().rev().take_while(|&&byte| byte == b'\\').count()
}
