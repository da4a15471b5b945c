use std::fmt;

use bytes::Bytes;

use crate::delivery_stream::DeliveryFailure;

/// Encodes the records of one object into the bytes of the object.
///
/// # Contract
///
/// An encoder keeps the order of the records, and writes the delimiter between two records, but not
/// after the last one. Its memory is bounded by the length of its output plus a constant.
/// [`held`](Self::held) reports the memory, so that a caller can end the object in time.
///
/// Every implementation passes `conformance::check`. To add an implementation, write its file and
/// add it to [`AnyEncoder`](super::AnyEncoder).
pub(crate) trait ObjectEncoder: fmt::Debug + Send {
    /// Appends a record.
    ///
    /// # Errors
    ///
    /// The format cannot hold this record. The object stays as it was before the call.
    fn push(&mut self, record: &[u8]) -> Result<(), DeliveryFailure>;

    /// Returns the length of the records and delimiters so far, in bytes before compression.
    /// Buffering hints count these bytes.
    fn written(&self) -> u64;

    /// Returns the approximate size in memory, in bytes.
    fn held(&self) -> u64;

    /// Ends the object.
    fn finish(self) -> EncodedObject
    where
        Self: Sized;
}

/// The bytes of a finished object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EncodedObject {
    /// The content, in pieces that follow each other.
    pub(crate) content: Vec<Bytes>,
    /// The `Content-Encoding` that the store keeps with the object.
    pub(crate) content_encoding: Option<&'static str>,
}
