use clap::ValueEnum;

use firehose_delivery::delivery_stream::Compression;

/// The values of `--compression`, with the names of Firehose's `CompressionFormat`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum CompressionFormat {
    #[value(alias = "UNCOMPRESSED")]
    Uncompressed,
    #[value(alias = "GZIP")]
    Gzip,
}

impl From<CompressionFormat> for Compression {
    fn from(format: CompressionFormat) -> Self {
        match format {
            CompressionFormat::Uncompressed => Self::Uncompressed,
            CompressionFormat::Gzip => Self::Gzip,
        }
    }
}
