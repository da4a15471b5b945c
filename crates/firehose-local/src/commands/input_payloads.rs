use std::path::PathBuf;

use bytes::Bytes;
use firehose_delivery::source::{InputError, InputFormat, InputItem, InputReader};

use super::{command_error::CommandError, skipped_files::note_skipped};

/// Reads the payloads of all records of an input.
///
/// # Errors
///
/// If the input cannot be read, or if a record cannot be decoded or is longer than the limit.
pub(super) fn read_payloads(
    input: &[PathBuf],
    format: InputFormat,
    limit: usize,
) -> Result<Vec<Bytes>, CommandError> {
    let usage = |error: InputError| CommandError::usage(error.to_string());
    let reader = InputReader::open(input, format, limit).map_err(usage)?;
    note_skipped(reader.skipped());
    let mut payloads = Vec::new();
    for item in reader {
        match item.map_err(usage)? {
            InputItem::Record(record) => payloads.push(record.data),
            InputItem::TooLarge { position, bytes, limit } => {
                return Err(too_large(position, bytes, limit));
            }
            InputItem::Unreadable { position, reason } => {
                return Err(CommandError::usage(format!("record {position}: {reason}")));
            }
        }
    }
    Ok(payloads)
}

/// Returns the error for a record that Firehose does not accept.
pub(super) fn too_large(number: u64, bytes: u64, limit: usize) -> CommandError {
    CommandError::usage(format!(
        "record {number} has {bytes} bytes, and Firehose accepts at most {limit}; split its input"
    ))
}
