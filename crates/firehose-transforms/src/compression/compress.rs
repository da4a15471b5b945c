use std::io::{self, Write};

use firehose_core::{BoxError, Outcome, Record, Transform, async_trait};
use flate2::{
    Compression as Level,
    write::{GzEncoder, ZlibEncoder},
};

use super::format::Compression;

/// A transform that compresses records.
///
/// Firehose can also compress whole objects: see `CompressionFormat` of the destination. Use this
/// transform if readers expect compressed records, or to put compressed records back to the source.
///
/// The output may be longer than the input by at most 1 % and 100 bytes. The timestamp in a gzip header
/// is 0, so that equal records have equal outputs.
///
/// See the [module](crate::compression) for an example and the formats.
#[derive(Clone, Copy, Debug)]
pub struct Compress {
    format: Compression,
}

impl Compress {
    /// Creates a transform that compresses records to this format, at the default level of its library.
    /// Snappy output is framed.
    pub fn new(format: Compression) -> Self {
        Self { format }
    }

    /// Compresses data.
    ///
    /// # Errors
    ///
    /// If the compressor fails, which happens only if memory runs out.
    pub fn compress(&self, data: &[u8]) -> io::Result<Vec<u8>> {
        let buffer = Vec::with_capacity(data.len() / 4 + 64);
        match self.format {
            Compression::Gzip => {
                let mut encoder = GzEncoder::new(buffer, Level::default());
                encoder.write_all(data)?;
                encoder.finish()
            }
            Compression::Zlib => {
                let mut encoder = ZlibEncoder::new(buffer, Level::default());
                encoder.write_all(data)?;
                encoder.finish()
            }
            #[cfg(feature = "zstd")]
            Compression::Zstd => zstd::bulk::compress(data, zstd::DEFAULT_COMPRESSION_LEVEL),
            #[cfg(feature = "snappy")]
            Compression::Snappy => super::snappy::compress(data, buffer),
        }
    }
}

#[async_trait]
impl Transform for Compress {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        Ok(self.compress(record.data())?.into())
    }
}
