#![doc = include_str!("docs.md")]

mod bounded;
mod compress;
mod decompress;
mod decompressed;
mod error;
mod format;
#[cfg(feature = "snappy")]
mod snappy;
#[cfg(feature = "zstd")]
mod zstd;

pub use compress::Compress;
pub use decompress::{Decompress, decompress};
pub use decompressed::Decompressed;
pub use error::DecompressError;
pub use format::{Compression, UnknownCompression};
