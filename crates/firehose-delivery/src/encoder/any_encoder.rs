use super::{
    gzip_encoder::GzipEncoder,
    object_encoder::{EncodedObject, ObjectEncoder},
    plain_encoder::PlainEncoder,
};
use crate::delivery_stream::{Compression, DeliveryFailure};

/// The encoder of an object, chosen by the compression.
///
/// The type is an enum and not a `Box<dyn ObjectEncoder>`, so that a record costs no dynamic call.
#[derive(Debug)]
pub(crate) enum AnyEncoder {
    Plain(PlainEncoder),
    Gzip(Box<GzipEncoder>),
}

impl AnyEncoder {
    /// Begins an object of this compression, with the delimiter between its records.
    pub(crate) fn new(compression: Compression, delimiter: &'static [u8]) -> Self {
        match compression {
            Compression::Uncompressed => Self::Plain(PlainEncoder::new(delimiter)),
            Compression::Gzip => Self::Gzip(Box::new(GzipEncoder::new(delimiter))),
        }
    }
}

impl ObjectEncoder for AnyEncoder {
    fn push(&mut self, record: &[u8]) -> Result<(), DeliveryFailure> {
        match self {
            Self::Plain(encoder) => encoder.push(record),
            Self::Gzip(encoder) => encoder.push(record),
        }
    }

    fn written(&self) -> u64 {
        match self {
            Self::Plain(encoder) => encoder.written(),
            Self::Gzip(encoder) => encoder.written(),
        }
    }

    fn held(&self) -> u64 {
        match self {
            Self::Plain(encoder) => encoder.held(),
            Self::Gzip(encoder) => encoder.held(),
        }
    }

    fn finish(self) -> EncodedObject {
        match self {
            Self::Plain(encoder) => encoder.finish(),
            Self::Gzip(encoder) => encoder.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_compression_has_its_encoder() {
        let encoding = |compression| AnyEncoder::new(compression, b"").finish().content_encoding;
        assert_eq!(encoding(Compression::Uncompressed), None);
        assert_eq!(encoding(Compression::Gzip), Some("gzip"));
    }
}
