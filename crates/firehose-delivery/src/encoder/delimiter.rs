/// The bytes between two records of an object.
#[derive(Debug)]
pub(super) struct Delimiter {
    bytes: &'static [u8],
    is_first: bool,
}

impl Delimiter {
    pub(super) fn new(bytes: &'static [u8]) -> Self {
        Self { bytes, is_first: true }
    }

    /// Returns the bytes before the next record: none before the first one.
    pub(super) fn before_next(&mut self) -> &'static [u8] {
        if std::mem::take(&mut self.is_first) { b"" } else { self.bytes }
    }
}
