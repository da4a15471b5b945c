use super::{
    delimiter::Delimiter,
    object_encoder::{EncodedObject, ObjectEncoder},
    pieces::Pieces,
};
use crate::delivery_stream::DeliveryFailure;

/// The encoder for `UNCOMPRESSED`, which writes the records and the delimiters unchanged.
#[derive(Debug)]
pub(crate) struct PlainEncoder {
    delimiter: Delimiter,
    pieces: Pieces,
}

impl PlainEncoder {
    pub(super) fn new(delimiter: &'static [u8]) -> Self {
        Self { delimiter: Delimiter::new(delimiter), pieces: Pieces::default() }
    }
}

impl ObjectEncoder for PlainEncoder {
    fn push(&mut self, record: &[u8]) -> Result<(), DeliveryFailure> {
        self.pieces.push(self.delimiter.before_next());
        self.pieces.push(record);
        Ok(())
    }

    fn written(&self) -> u64 {
        self.pieces.bytes()
    }

    fn held(&self) -> u64 {
        self.pieces.bytes()
    }

    fn finish(self) -> EncodedObject {
        EncodedObject { content: self.pieces.finish(), content_encoding: None }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::conformance, *};

    #[test]
    fn the_contract_of_encoders_is_kept() {
        conformance::check(PlainEncoder::new, |content| Some(content.to_vec()), None);
    }
}
