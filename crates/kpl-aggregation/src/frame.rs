//! The frame of an aggregate: four bytes of magic, the message, and the MD5 of the message.

use bytes::Bytes;
use md5::{Digest, Md5};

pub(crate) const MAGIC: [u8; 4] = [0xf3, 0x89, 0x9a, 0xc2];
pub(crate) const DIGEST_LENGTH: usize = 16;

/// The length of the frame of an aggregate, in bytes.
pub(crate) const OVERHEAD: usize = MAGIC.len() + DIGEST_LENGTH;

/// Returns `true` if a record has the magic, the minimum length and the digest of an aggregate.
///
/// Computes the MD5 of the message if the magic is right. A message with the right digest may still
/// be invalid. Then [`deaggregate`](crate::deaggregate) returns the record unchanged.
///
/// ```
/// let mut aggregator = kpl_aggregation::Aggregator::default();
/// aggregator.add("key", None, "data")?;
/// let aggregate = aggregator.finish().unwrap();
/// assert!(kpl_aggregation::is_aggregated(aggregate.data()));
/// assert!(!kpl_aggregation::is_aggregated(b"data"));
/// # Ok::<_, kpl_aggregation::AggregateError>(())
/// ```
pub fn is_aggregated(record: &[u8]) -> bool {
    message_of(record).is_some()
}

/// Returns `true` if a record begins with the magic of an aggregate.
///
/// If [`is_aggregated`] is `false` for such a record, the aggregate is damaged, for example cut off. The
/// magic is not UTF-8, so no text and no JSON begins with it.
///
/// ```
/// let mut aggregator = kpl_aggregation::Aggregator::default();
/// aggregator.add("key", None, "data")?;
/// let aggregate = aggregator.finish().unwrap();
/// let cut_off = &aggregate.data()[..20];
/// assert!(kpl_aggregation::has_magic(cut_off) && !kpl_aggregation::is_aggregated(cut_off));
/// # Ok::<_, kpl_aggregation::AggregateError>(())
/// ```
pub fn has_magic(record: &[u8]) -> bool {
    record.starts_with(&MAGIC)
}

/// Returns the message of an aggregate, as a slice of the record.
pub(crate) fn open(record: &Bytes) -> Option<Bytes> {
    message_of(record).map(|message| record.slice_ref(message))
}

/// Returns the message of an aggregate.
///
/// A frame without a message is not an aggregate, as in the other libraries.
fn message_of(record: &[u8]) -> Option<&[u8]> {
    let framed = record.strip_prefix(&MAGIC)?;
    let (message, digest) = framed.split_last_chunk::<DIGEST_LENGTH>()?;
    (!message.is_empty() && Md5::digest(message)[..] == digest[..]).then_some(message)
}

/// Frames the message that `encode` appends to its buffer.
pub(crate) fn close(message_length: usize, encode: impl FnOnce(&mut Vec<u8>)) -> Bytes {
    let mut framed = Vec::with_capacity(message_length + OVERHEAD);
    framed.extend_from_slice(&MAGIC);
    encode(&mut framed);
    let digest = Md5::digest(&framed[MAGIC.len()..]);
    framed.extend_from_slice(&digest);
    framed.into()
}
