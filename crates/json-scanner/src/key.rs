/// A key that is looked for, made ready to be compared at once:
/// see [`JsonScanner::take_key`](crate::JsonScanner::take_key).
#[derive(Clone, Copy, Debug)]
pub struct JsonKey {
    name: &'static str,
    /// The key as JSON, with the colon after it; the rest is zero.
    text: [u8; Self::WINDOW],
    mask: [u8; Self::WINDOW],
    length: usize,
}

impl JsonKey {
    const WINDOW: usize = 32;

    /// The longest name there can be, in bytes.
    pub const MAX_NAME_BYTES: usize = Self::WINDOW - 3;

    /// A key of this name, which needs no escapes.
    ///
    /// # Panics
    ///
    /// If the name is longer than [`MAX_NAME_BYTES`](Self::MAX_NAME_BYTES), or has a quote, a
    /// backslash or a control character in it. In a `const`, that is an error of the compiler.
    pub const fn new(name: &'static str) -> Self {
        assert!(name.len() <= Self::MAX_NAME_BYTES, "the name is too long");
        let mut text = [0; Self::WINDOW];
        let mut mask = [0; Self::WINDOW];
        let length = name.len() + 3;
        text[0] = b'"';
        let mut at = 0;
        while at < name.len() {
            let byte = name.as_bytes()[at];
            assert!(byte >= b' ' && byte != b'"' && byte != b'\\', "the name needs escapes");
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

    /// The name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The length of the key with its colon, if the text begins with it.
    #[inline]
    pub(crate) fn at_start_of(&self, text: &[u8]) -> Option<usize> {
        // All bytes at once, instead of a call that looks for the best way to compare.
        let window = text.first_chunk::<{ Self::WINDOW }>()?;
        let key = self.text.iter().zip(&self.mask);
        let differences = window.iter().zip(key).map(|(byte, (text, mask))| (byte & mask) ^ text);
        (differences.fold(0, |all, difference| all | difference) == 0).then_some(self.length)
    }
}
