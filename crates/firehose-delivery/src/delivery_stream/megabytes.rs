/// The number of bytes in a megabyte of a buffering hint: 2^20.
pub const MEGABYTE: u64 = 1024 * 1024;

/// Returns megabytes as bytes, rounded to the nearest byte. `BufferSizeInMBs` may have a fraction.
///
/// ```
/// use firehose_delivery::delivery_stream::megabytes_to_bytes;
///
/// assert_eq!(megabytes_to_bytes(0.3), 314_573);
/// ```
pub fn megabytes_to_bytes(megabytes: f64) -> u64 {
    (megabytes * MEGABYTE as f64).round() as u64
}
