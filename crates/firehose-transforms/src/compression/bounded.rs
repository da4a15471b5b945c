use std::io::{self, Read};

use bytes::Bytes;

/// Reads to the end. Returns `None` if the data is longer than `max_bytes`.
///
/// `expected` is the initial capacity of the buffer in bytes.
pub(super) fn read_bounded(
    reader: impl Read,
    expected: usize,
    max_bytes: usize,
) -> io::Result<Option<Bytes>> {
    let mut data = Vec::with_capacity(expected.min(max_bytes));
    reader.take((max_bytes as u64).saturating_add(1)).read_to_end(&mut data)?;
    Ok((data.len() <= max_bytes).then(|| data.into()))
}
