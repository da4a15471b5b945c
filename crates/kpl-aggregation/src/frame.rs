//! The frame of an aggregate: four bytes of magic, the message, the MD5 of the message.

use bytes::Bytes;
use md5::{Digest, Md5};

pub(crate) const MAGIC: [u8; 4] = [0xf3, 0x89, 0x9a, 0xc2];
pub(crate) const DIGEST_LENGTH: usize = 16;

/// What every aggregate has beside its message.
pub(crate) const OVERHEAD: usize = MAGIC.len() + DIGEST_LENGTH;

/// Whether a record is an aggregate, by its magic, its length and its digest.
///
/// That takes an MD5 over the whole record, unless the magic says no already. The message
/// may still turn out to be damaged in a way that its digest covers:
/// [`deaggregate`](crate::deaggregate) then gives the record back as it is.
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

/// The message of an aggregate, as a slice of the record.
pub(crate) fn open(record: &Bytes) -> Option<Bytes> {
    message_of(record).map(|message| record.slice_ref(message))
}

/// An empty message is none: like its peers, this crate takes such a record as it is.
fn message_of(record: &[u8]) -> Option<&[u8]> {
    let framed = record.strip_prefix(&MAGIC)?;
    let (message, digest) = framed.split_last_chunk::<DIGEST_LENGTH>()?;
    (!message.is_empty() && Md5::digest(message)[..] == digest[..]).then_some(message)
}

/// Puts the frame around a message that `encode` appends to what it is given.
pub(crate) fn close(message_length: usize, encode: impl FnOnce(&mut Vec<u8>)) -> Bytes {
    let mut framed = Vec::with_capacity(message_length + OVERHEAD);
    framed.extend_from_slice(&MAGIC);
    encode(&mut framed);
    let digest = Md5::digest(&framed[MAGIC.len()..]);
    framed.extend_from_slice(&digest);
    framed.into()
}
