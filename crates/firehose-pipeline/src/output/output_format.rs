/// An output format without options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    /// Each item as JSON on a line of its own.
    JsonLines,
    /// The only item of the record as JSON.
    Json,
    /// Each item as text with a newline.
    Text,
    /// The only item of the record, byte by byte.
    Raw,
}

impl OutputFormat {
    /// Returns the delimiter that ends each item.
    pub(super) fn delimiter(self) -> &'static [u8] {
        match self {
            Self::JsonLines | Self::Text => b"\n",
            Self::Json | Self::Raw => b"",
        }
    }
}
