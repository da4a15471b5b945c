use std::ops::Range;

/// A copy of a text in which parts are replaced, from the start to the end.
///
/// Nothing is allocated or copied before the first replacement.
#[derive(Debug)]
pub(crate) struct Splice<'a> {
    text: &'a str,
    out: String,
    /// The number of bytes of `text` that are copied to `out`, or replaced there.
    copied: usize,
}

/// A saved state of a [`Splice`], for [`Splice::reset`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpliceState {
    length: usize,
    copied: usize,
}

impl<'a> Splice<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, out: String::new(), copied: 0 }
    }

    /// Replaces a part of the text with the text that the caller appends to the returned string.
    ///
    /// Earlier replacements must end before the part.
    pub(crate) fn replace(&mut self, part: Range<usize>) -> &mut String {
        if self.out.capacity() == 0 {
            self.out.reserve(self.text.len() + 32);
        }
        self.out.push_str(&self.text[self.copied..part.start]);
        self.copied = part.end;
        &mut self.out
    }

    pub(crate) fn state(&self) -> SpliceState {
        SpliceState { length: self.out.len(), copied: self.copied }
    }

    /// Undoes the replacements since `state`.
    pub(crate) fn reset(&mut self, state: SpliceState) {
        self.out.truncate(state.length);
        self.copied = state.copied;
    }

    /// Returns the new text, or `None` if no part was replaced.
    pub(crate) fn finish(mut self) -> Option<String> {
        if self.copied == 0 && self.out.is_empty() {
            return None;
        }
        self.out.push_str(&self.text[self.copied..]);
        Some(self.out)
    }
}

/// A value or a key of the text, which a transform may replace.
#[derive(Debug)]
pub(crate) struct Slot<'s, 'a> {
    splice: &'s mut Splice<'a>,
    start: usize,
    end: usize,
}

impl<'s, 'a> Slot<'s, 'a> {
    pub(crate) fn new(splice: &'s mut Splice<'a>, start: usize, end: usize) -> Self {
        Self { splice, start, end }
    }

    /// Replaces the whole value with the text that the caller appends to the returned string.
    pub(crate) fn replace(self) -> &'s mut String {
        self.splice.replace(self.start..self.end)
    }

    /// Replaces a part of the value. The offsets are relative to the start of the value.
    pub(crate) fn replace_part(&mut self, part: Range<usize>) -> &mut String {
        self.splice.replace(self.start + part.start..self.start + part.end)
    }
}
