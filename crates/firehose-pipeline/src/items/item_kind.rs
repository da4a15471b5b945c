use std::fmt;

/// The kind of an item between two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemKind {
    /// A JSON value.
    Json,
    /// UTF-8 text.
    Text,
    /// Any bytes.
    Bytes,
}

impl fmt::Display for ItemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "JSON",
            Self::Text => "text",
            Self::Bytes => "bytes",
        })
    }
}
