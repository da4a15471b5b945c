/// An expected key, prepared for a fast comparison.
///
/// See also [`JsonScanner::take_key`](crate::JsonScanner::take_key).
#[derive(Clone, Copy, Debug)]
pub struct JsonKey {
    name: &'static str,
    /// The name in quotes and a colon, then zeros.
    text: [u8; Self::WINDOW],
    /// 0xff for each byte of the quoted name and the colon, 0 for each byte after the colon.
    mask: [u8; Self::WINDOW],
    /// The length of the quoted name and the colon.
    length: usize,
}

impl JsonKey {
    const WINDOW: usize = 32;

    /// The maximum length of a name in bytes.
    pub const MAX_NAME_BYTES: usize = Self::WINDOW - 3;

    /// Creates a key from a name that needs no escapes.
    ///
    /// # Panics
    ///
    /// If the name is longer than [`MAX_NAME_BYTES`](Self::MAX_NAME_BYTES), or contains a quote, a
    /// backslash or a control character. In a `const`, the panic is a compile error.
    pub const fn new(name: &'static str) -> Self {
        assert!(name.len() <= Self::MAX_NAME_BYTES, "the name is longer than MAX_NAME_BYTES");
        let mut text = [0; Self::WINDOW];
        let mut mask = [0; Self::WINDOW];
        let length = name.len() + 3;
        text[0] = b'"';
        let mut at = 0;
        while at < name.len() {
            let byte = name.as_bytes()[at];
            assert!(
                byte >= b' ' && byte != b'"' && byte != b'\\',
                "the name contains a quote, a backslash or a control character"
            );
            text[at + 1] = byte;
            at += 1;
        }
        text[at + 1] = b'"';
        text[at + 2] = b':';
        at = 0;
        while at < length {
            mask[at] = 0xff;
            at += 1;
        }
        Self { name, text, mask, length }
    }

    /// Returns the name, without quotes.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the length of the quoted name and the colon, if `text` starts with them.
    ///
    /// Also returns `None` if `text` has fewer than 32 bytes.
    #[inline]
    pub(crate) fn at_start_of(&self, text: &[u8]) -> Option<usize> {
        // Compare all bytes of the window at once, which is faster than a call to `memcmp`.
        let window = text.first_chunk::<{ Self::WINDOW }>()?;
        let key = self.text.iter().zip(&self.mask);
        let differences = window.iter().zip(key).map(|(byte, (text, mask))| (byte & mask) ^ text);
        (differences.fold(0, |all, difference| all | difference) == 0).then_some(self.length)
    }
}
