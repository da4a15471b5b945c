use std::borrow::Cow;

use crate::redact::escapes::{DecodedEscapes, with_hidden_escapes};

/// A text in the forms that detectors search.
#[derive(Debug)]
pub(super) struct SearchedText<'t> {
    pub(super) view: View<'t>,
    /// The text with its JSON escapes decoded, if it has escapes.
    pub(super) decoded: Option<(&'t DecodedEscapes, View<'t>)>,
}

/// A form of a text.
#[derive(Debug)]
pub(super) struct View<'t> {
    pub(super) text: &'t str,
    /// The text with the letters and digits of its escapes hidden, for the built-in detectors. Has
    /// the same length as the text.
    pub(super) without_escapes: Cow<'t, str>,
    pub(super) class: TextClass,
}

impl<'t> SearchedText<'t> {
    pub(super) fn new(text: &'t str, decoded: Option<&'t DecodedEscapes>) -> Self {
        Self {
            view: View::new(text),
            decoded: decoded.map(|decoded| (decoded, View::new(&decoded.text))),
        }
    }
}

impl<'t> View<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, without_escapes: with_hidden_escapes(text), class: TextClass::of(text) }
    }
}

/// Properties of a text, computed in one pass, that show which detectors cannot have a match in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextClass {
    pub(super) length: usize,
    pub(super) digits: usize,
    /// The kinds of bytes in the text: a combination of [`AT`](Self::AT), [`POINT`](Self::POINT),
    /// [`COLON`](Self::COLON) and [`UPPER`](Self::UPPER).
    bytes: u8,
}

impl TextClass {
    pub(super) const AT: u8 = 1;
    pub(super) const POINT: u8 = 2;
    pub(super) const COLON: u8 = 4;
    pub(super) const UPPER: u8 = 8;

    fn of(text: &str) -> Self {
        let mut class = Self { length: text.len(), digits: 0, bytes: 0 };
        // The counters are bytes and the loop has no branch, so that the compiler can vectorize the
        // loop. A chunk is short enough that no counter overflows.
        for chunk in text.as_bytes().chunks(128) {
            let (mut digits, mut bytes) = (0_u8, 0);
            for byte in chunk {
                digits += u8::from(byte.is_ascii_digit());
                bytes |= Self::AT * u8::from(*byte == b'@');
                bytes |= Self::POINT * u8::from(*byte == b'.');
                bytes |= Self::COLON * u8::from(*byte == b':');
                bytes |= Self::UPPER * u8::from(byte.is_ascii_uppercase());
            }
            class.digits += usize::from(digits);
            class.bytes |= bytes;
        }
        class
    }

    pub(super) fn has(self, kinds: u8) -> bool {
        self.bytes & kinds == kinds
    }
}
