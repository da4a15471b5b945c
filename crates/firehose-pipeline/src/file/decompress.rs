use firehose_transforms::compression::{Compression, Decompress};
use schemars::JsonSchema;
use serde::Deserialize;

use super::short_or_long::ShortForm;

/// The compression of the records, with options.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecompressOptions {
    /// The compression of the records.
    format: CompressionChoice,
    /// The maximum size of a decompressed record in bytes. A larger record fails. Default: 67108864 (64 MiB).
    max_bytes: Option<usize>,
}

/// The compression of the records.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CompressionChoice {
    /// gzip, zlib, Zstandard or framed Snappy, detected by the first bytes of the record. Other
    /// records pass unchanged.
    Auto,
    /// gzip, with one member or several.
    Gzip,
    /// zlib, also called deflate.
    Zlib,
    /// Zstandard.
    Zstd,
    /// Snappy, in the framing format or as a raw block.
    Snappy,
}

impl ShortForm for DecompressOptions {
    type Short = CompressionChoice;

    const SHORT: &'static str = "the name of a compression format";

    fn from_short(format: CompressionChoice) -> Self {
        Self { format, max_bytes: None }
    }
}

impl DecompressOptions {
    /// Returns the transform.
    ///
    /// # Errors
    ///
    /// If this build lacks the feature of the format.
    pub(crate) fn decompress(&self) -> Result<Decompress, String> {
        let named = |name: &str| {
            name.parse::<Compression>().map(Decompress::new).map_err(|_| {
                format!(
                    "decompress: `{name}` needs a build with the feature `{name}`; build \
                     firehose-pipeline with `--features {name}`"
                )
            })
        };
        let decompress = match self.format {
            CompressionChoice::Auto => Decompress::detect(),
            CompressionChoice::Gzip => named("gzip")?,
            CompressionChoice::Zlib => named("zlib")?,
            CompressionChoice::Zstd => named("zstd")?,
            CompressionChoice::Snappy => named("snappy")?,
        };
        Ok(match self.max_bytes {
            Some(bytes) => decompress.with_max_bytes(bytes),
            None => decompress,
        })
    }
}
