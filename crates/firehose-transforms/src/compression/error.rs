use std::{fmt, io};

use super::format::Compression;

/// An error for data that cannot be decompressed. The message shows no data.
#[derive(Debug)]
#[non_exhaustive]
pub enum DecompressError {
    /// The data is not in this format, is damaged or is truncated.
    Invalid {
        /// The format.
        format: Compression,
        /// The error of the decompressor.
        source: io::Error,
    },
    /// The decompressed data is longer than the limit.
    TooLong {
        /// The format.
        format: Compression,
        /// The limit in bytes.
        max_bytes: usize,
    },
}

impl fmt::Display for DecompressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { format, .. } => write!(f, "the record is not valid {format}"),
            Self::TooLong { format, max_bytes } => {
                write!(f, "the record decompresses by {format} to more than {max_bytes} bytes")
            }
        }
    }
}

impl std::error::Error for DecompressError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Invalid { source, .. } => Some(source),
            Self::TooLong { .. } => None,
        }
    }
}
