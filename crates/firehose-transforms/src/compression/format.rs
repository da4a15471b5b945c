use std::{fmt, str::FromStr};

/// A compression format. See the [module](crate::compression) for the definition of each format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// gzip.
    Gzip,
    /// zlib, also called deflate.
    Zlib,
    /// Zstandard.
    #[cfg(feature = "zstd")]
    Zstd,
    /// Snappy.
    #[cfg(feature = "snappy")]
    Snappy,
}

impl Compression {
    /// The formats of the enabled features.
    pub const ALL: &[Self] = &[
        Self::Gzip,
        Self::Zlib,
        #[cfg(feature = "zstd")]
        Self::Zstd,
        #[cfg(feature = "snappy")]
        Self::Snappy,
    ];

    /// Returns the name, such as `gzip`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            #[cfg(feature = "zstd")]
            Self::Zstd => "zstd",
            #[cfg(feature = "snappy")]
            Self::Snappy => "snappy",
        }
    }

    /// Detects the format by the first bytes of `data`. Returns `None` if they do not match any format.
    ///
    /// No text in UTF-8 matches a format, with one exception: text that begins with `x^`, or with `x`
    /// and the control character U+0001, is detected as zlib. If your records may begin with these
    /// characters, set the format with [`Decompress::new`](crate::compression::Decompress::new).
    pub fn detect(data: &[u8]) -> Option<Self> {
        match *data {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            #[cfg(feature = "zstd")]
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            #[cfg(feature = "snappy")]
            [0xff, 0x06, 0, 0, b's', b'N', b'a', b'P', b'p', b'Y', ..] => Some(Self::Snappy),
            // Deflate with a window of 32 KiB and no preset dictionary, at each of the four levels
            // (RFC 1950, section 2.2).
            [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => Some(Self::Zlib),
            _ => None,
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Parses a [name](Compression::name).
impl FromStr for Compression {
    type Err = UnknownCompression;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.iter().find(|format| format.name() == name);
        named.copied().ok_or_else(|| UnknownCompression::new(name))
    }
}

/// An error for a name that is not the name of an enabled [`Compression`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCompression {
    name: String,
}

impl UnknownCompression {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned() }
    }
}

impl fmt::Display for UnknownCompression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Compression::ALL.iter().map(|format| format.name()).collect();
        write!(f, "unknown compression {:?}; use one of: {}", self.name, names.join(", "))
    }
}

impl std::error::Error for UnknownCompression {}
