use std::{
    borrow::Borrow,
    cell::OnceCell,
    hash::{Hash, Hasher},
    ops::Range,
    rc::Rc,
    sync::Arc,
};

use super::{super::fidelity::Fidelity, slice::Slice, string_text::decode};

/// A string value.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    /// A whole string of the item that has no escapes, without its quotes.
    Plain(Slice),
    /// A part of a string of the item that has no escapes.
    Part(Slice),
    /// A string of the item that has escapes.
    Escaped(Rc<Escaped>),
    /// A string that the filter has built.
    Shared(Arc<str>),
    /// A literal of the filter.
    Constant(Arc<str>),
}

/// A string with escapes as it is written. It is decoded when a filter first reads it.
#[derive(Debug)]
pub(crate) struct Escaped {
    /// The string with its quotes.
    written: Slice,
    decoded: OnceCell<Box<str>>,
}

impl Escaped {
    pub(crate) fn written(&self) -> &Slice {
        &self.written
    }
}

impl Text {
    /// Creates a text from a string in quotes as it is written.
    #[inline]
    pub(crate) fn from_written(document: &Slice, written: &str, fidelity: Fidelity) -> Self {
        let inner = &written[1..written.len() - 1];
        // jq writes the character U+007F with an escape.
        if fidelity.is_jq() && memchr::memchr2(b'\\', 0x7f, inner.as_bytes()).is_some() {
            return Self::Shared(decode(written).into());
        }
        if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
            return Self::Plain(document.part(inner));
        }
        let written = document.part(written);
        Self::Escaped(Rc::new(Escaped { written, decoded: OnceCell::new() }))
    }

    /// Returns the decoded string.
    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Plain(slice) | Self::Part(slice) => slice.as_str(),
            Self::Escaped(escaped) => {
                escaped.decoded.get_or_init(|| decode(escaped.written.as_str()).into())
            }
            Self::Shared(text) | Self::Constant(text) => text,
        }
    }

    /// Returns the part at a range of bytes of the decoded string, without a copy where possible.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        let part = &self.as_str()[range];
        match self {
            Self::Plain(slice) | Self::Part(slice) => Self::Part(slice.part(part)),
            Self::Escaped(_) | Self::Shared(_) | Self::Constant(_) => Self::Shared(part.into()),
        }
    }

    /// Returns true if the string is a literal of the filter, and so not a part of an item.
    pub(crate) fn is_constant(&self) -> bool {
        matches!(self, Self::Constant(_))
    }

    /// Returns true if both are the same string in memory.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Plain(left) | Self::Part(left), Self::Plain(right) | Self::Part(right)) => {
                left.is_same(right)
            }
            (Self::Escaped(left), Self::Escaped(right)) => left.written.is_same(&right.written),
            (Self::Shared(left), Self::Shared(right))
            | (Self::Constant(left), Self::Constant(right)) => Arc::ptr_eq(left, right),
            _ => false,
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Shared(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Shared(text.into())
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

/// Hashes the decoded string, so that a `&str` finds it in a map.
impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}
