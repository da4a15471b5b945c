use bytes::Bytes;

/// The texts around the outputs of a record's items.
#[derive(Clone, Debug)]
pub(super) struct Joint {
    pub(super) start: Bytes,
    /// The text after each output.
    pub(super) delimiter: Bytes,
    /// The text in place of the last delimiter, or `None` for the delimiter.
    pub(super) end: Option<Bytes>,
}

impl Default for Joint {
    fn default() -> Self {
        Self { start: Bytes::new(), delimiter: Bytes::from_static(b"\n"), end: None }
    }
}
