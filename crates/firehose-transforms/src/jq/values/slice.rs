use std::{fmt, rc::Rc};

use bytes::Bytes;
use bytestring::ByteString;

/// A part of a JSON text. All slices of the text share the text.
#[derive(Clone)]
pub(crate) struct Slice {
    document: Rc<ByteString>,
    start: u32,
    end: u32,
}

impl Slice {
    /// Creates a slice of a whole text, or returns `None` for a text over 4 GiB.
    pub(crate) fn new(text: ByteString) -> Option<Self> {
        let end = u32::try_from(text.len()).ok()?;
        Some(Self { document: Rc::new(text), start: 0, end })
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        &self.document[self.start as usize..self.end as usize]
    }

    /// Returns the slice of `part`, which must be a substring of this slice in memory.
    #[inline]
    pub(crate) fn part(&self, part: &str) -> Self {
        let (start, end) = self.range_of(part);
        self.range(start, end)
    }

    /// Returns the whole text.
    #[inline]
    pub(super) fn document(&self) -> &str {
        &self.document
    }

    /// Returns the start and the end of `part` in the whole text. `part` must point into the whole text.
    #[inline]
    pub(super) fn range_of(&self, part: &str) -> (u32, u32) {
        let start = part.as_ptr().addr() - self.document.as_ptr().addr();
        // Both fit, since the document is at most 4 GiB.
        (start as u32, (start + part.len()) as u32)
    }

    /// Returns the slice between two places of the whole text.
    #[inline]
    pub(super) fn range(&self, start: u32, end: u32) -> Self {
        Self { document: Rc::clone(&self.document), start, end }
    }

    /// Returns the text of the slice with one more byte on each side: the quotes of a string.
    pub(crate) fn with_quotes(&self) -> &str {
        &self.document[self.start as usize - 1..self.end as usize + 1]
    }

    /// Returns the bytes of the slice, without a copy.
    pub(crate) fn to_bytes(&self) -> Bytes {
        self.document.as_bytes().slice(self.start as usize..self.end as usize)
    }

    /// Returns the bytes of the slice and its quotes, without a copy.
    pub(crate) fn to_quoted_bytes(&self) -> Bytes {
        self.document.as_bytes().slice(self.start as usize - 1..self.end as usize + 1)
    }

    /// Returns true if both are the same part of the same text.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.document, &other.document)
            && (self.start, self.end) == (other.start, other.end)
    }
}

/// Shows no payload.
impl fmt::Debug for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slice({}..{})", self.start, self.end)
    }
}
