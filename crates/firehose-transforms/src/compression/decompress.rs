use bytes::Bytes;
use firehose_core::{BoxError, Outcome, Record, Transform, async_trait};
use flate2::bufread::{MultiGzDecoder, ZlibDecoder};

use super::{
    bounded::read_bounded, compress::Compress, error::DecompressError, format::Compression,
};

/// The assumed ratio of decompressed to compressed bytes, for the initial capacity of the buffer. Most
/// texts compress to a quarter or less.
const EXPECTED_RATIO: usize = 4;

/// A transform that decompresses records.
///
/// See the [module](crate::compression) for an example, the formats and the limits.
#[derive(Clone, Copy, Debug)]
pub struct Decompress {
    /// `None` to detect the format.
    format: Option<Compression>,
    max_bytes: usize,
}

impl Decompress {
    /// The default maximum length of a decompressed record, in bytes: 64 MiB.
    pub const DEFAULT_MAX_BYTES: usize = 64 * 1024 * 1024;

    /// Creates a transform that decompresses records of this format. A record in any other format is
    /// `ProcessingFailed`.
    pub fn new(format: Compression) -> Self {
        Self { format: Some(format), max_bytes: Self::DEFAULT_MAX_BYTES }
    }

    /// Creates a transform that detects the format by the first bytes of a record
    /// ([`Compression::detect`]). A record without a detected format stays unchanged.
    pub fn detect() -> Self {
        Self { format: None, max_bytes: Self::DEFAULT_MAX_BYTES }
    }

    /// Sets the maximum length of a decompressed record, in bytes.
    ///
    /// Default: [`DEFAULT_MAX_BYTES`](Self::DEFAULT_MAX_BYTES). A record over the limit is
    /// `ProcessingFailed`.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    #[cfg(feature = "cloudwatch_logs")]
    pub(crate) fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    /// Decompresses `data`, splits the result with `halves`, and compresses both halves in the format of
    /// `data`. Halves of data that is not compressed stay uncompressed.
    pub(crate) fn halves(
        &self,
        data: &Bytes,
        halves: impl FnOnce(Bytes) -> Option<[Bytes; 2]>,
    ) -> Option<[Bytes; 2]> {
        let [first, second] = halves(self.decompress(data).ok()?)?;
        let Some(format) = self.format_of(data) else { return Some([first, second]) };
        let compress = Compress::new(format);
        Some([compress.compress(&first).ok()?.into(), compress.compress(&second).ok()?.into()])
    }

    /// Returns the format of data, or `None` for data that is not compressed.
    fn format_of(&self, data: &[u8]) -> Option<Compression> {
        self.format.or_else(|| Compression::detect(data))
    }

    /// Decompresses data.
    ///
    /// # Errors
    ///
    /// If the data is not valid in the format, or decompresses to more than the limit.
    pub fn decompress(&self, data: &Bytes) -> Result<Bytes, DecompressError> {
        match self.format_of(data) {
            Some(format) => decompress(format, data, self.max_bytes),
            None => Ok(data.clone()),
        }
    }
}

#[async_trait]
impl Transform for Decompress {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        Ok(self.decompress(record.data())?.into())
    }
}

/// Decompresses data of this format, to at most `max_bytes`.
///
/// # Errors
///
/// If the data is not valid in the format, or decompresses to more than `max_bytes`.
pub fn decompress(
    format: Compression,
    data: &[u8],
    max_bytes: usize,
) -> Result<Bytes, DecompressError> {
    let expected = data.len().saturating_mul(EXPECTED_RATIO);
    let read = match format {
        Compression::Gzip => read_bounded(MultiGzDecoder::new(data), expected, max_bytes),
        Compression::Zlib => read_bounded(ZlibDecoder::new(data), expected, max_bytes),
        #[cfg(feature = "zstd")]
        Compression::Zstd => super::zstd::decoder(data)
            .and_then(|decoder| read_bounded(decoder, expected, max_bytes)),
        #[cfg(feature = "snappy")]
        Compression::Snappy => super::snappy::decompress(data, max_bytes),
    };
    match read {
        Ok(Some(data)) => Ok(data),
        Ok(None) => Err(DecompressError::TooLong { format, max_bytes }),
        Err(source) => Err(DecompressError::Invalid { format, source }),
    }
}
