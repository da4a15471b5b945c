use crate::scanner::JsonScanner;

/// The position of a scanner in its text, from which another scanner continues.
///
/// A scanner borrows its text. Code that owns the text, such as an iterator over its values, keeps a
/// position instead and resumes a scanner for each value.
///
/// ```
/// use json_scanner::{JsonPosition, JsonScanner, JsonSyntaxError};
///
/// struct Values {
///     text: String,
///     position: JsonPosition,
/// }
///
/// impl Values {
///     fn next(&mut self) -> Result<Option<String>, JsonSyntaxError> {
///         let mut scanner = JsonScanner::resume(&self.text, self.position);
///         if scanner.peek().is_none() {
///             return Ok(None);
///         }
///         let value = scanner.value()?.to_owned();
///         self.position = scanner.position();
///         Ok(Some(value))
///     }
/// }
///
/// let mut values = Values { text: r#"{"a":1} [2]"#.to_owned(), position: JsonPosition::default() };
/// assert_eq!(values.next()?.as_deref(), Some(r#"{"a":1}"#));
/// assert_eq!(values.next()?.as_deref(), Some("[2]"));
/// assert_eq!(values.next()?, None);
/// # Ok::<_, JsonSyntaxError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JsonPosition {
    at: usize,
    first: bool,
    escapes: bool,
}

impl<'a> JsonScanner<'a> {
    /// Returns the position of the scanner.
    #[inline]
    pub fn position(&self) -> JsonPosition {
        JsonPosition { at: self.at, first: self.first, escapes: self.escapes }
    }

    /// Creates a scanner that continues at `position`. Offsets count from the start of `text`.
    ///
    /// Pass a position that a scanner of the same text returned. If the position lies after the end
    /// of the text, the scanner starts at the end.
    #[inline]
    pub fn resume(text: &'a str, position: JsonPosition) -> Self {
        let JsonPosition { at, first, escapes } = position;
        Self { text, at: text.floor_char_boundary(at), first, escapes }
    }
}
