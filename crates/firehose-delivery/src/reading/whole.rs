use std::io::{self, Read};

/// The byte order mark of UTF-8. Some editors write this mark at the start of a file; Firehose and
/// Lambda never do.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads the whole content of a reader. Returns `None` if the content is longer than the limit.
///
/// # Errors
///
/// The reader's errors.
pub(crate) fn read_at_most(reader: impl Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut content = Vec::new();
    reader.take(limit.saturating_add(1)).read_to_end(&mut content)?;
    Ok((content.len() as u64 <= limit).then_some(content))
}
