use std::io::Write;

use flate2::{Compression as Level, write::GzEncoder};

use super::{
    delimiter::Delimiter,
    object_encoder::{EncodedObject, ObjectEncoder},
    pieces::Pieces,
};
use crate::delivery_stream::DeliveryFailure;

/// The encoder for `GZIP`, which compresses the records and the delimiters between them.
#[derive(Debug)]
pub(crate) struct GzipEncoder {
    delimiter: Delimiter,
    encoder: GzEncoder<Pieces>,
    written: u64,
}

impl GzipEncoder {
    /// The memory of a compressor's state, in bytes, rounded up.
    const STATE_BYTES: u64 = 300 * 1024;

    pub(super) fn new(delimiter: &'static [u8]) -> Self {
        let encoder = GzEncoder::new(Pieces::default(), Level::default());
        Self { delimiter: Delimiter::new(delimiter), encoder, written: 0 }
    }

    fn write(&mut self, data: &[u8]) {
        self.written += data.len() as u64;
        // Writing to memory does not fail.
        let _ = self.encoder.write_all(data);
    }
}

impl ObjectEncoder for GzipEncoder {
    fn push(&mut self, record: &[u8]) -> Result<(), DeliveryFailure> {
        let delimiter = self.delimiter.before_next();
        self.write(delimiter);
        self.write(record);
        Ok(())
    }

    fn written(&self) -> u64 {
        self.written
    }

    fn held(&self) -> u64 {
        self.encoder.get_ref().bytes() + Self::STATE_BYTES
    }

    fn finish(self) -> EncodedObject {
        // Writing to memory does not fail.
        let pieces = self.encoder.finish().unwrap_or_default();
        EncodedObject { content: pieces.finish(), content_encoding: Some("gzip") }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::{super::conformance, *};

    fn unpack(content: &[u8]) -> Option<Vec<u8>> {
        let mut unpacked = Vec::new();
        GzDecoder::new(content).read_to_end(&mut unpacked).ok()?;
        Some(unpacked)
    }

    #[test]
    fn the_contract_of_encoders_is_kept() {
        conformance::check(GzipEncoder::new, unpack, Some("gzip"));
    }

    #[test]
    fn a_long_run_of_one_byte_is_compressed_to_less_than_a_hundredth() {
        let mut encoder = GzipEncoder::new(b"");
        encoder.push(&[b'x'; 100_000]).unwrap();
        assert_eq!(encoder.written(), 100_000);
        assert!(encoder.finish().content.concat().len() < 1000);
    }
}
