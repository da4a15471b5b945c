use std::io::{self, BufRead};

use zstd::stream::read::Decoder;

/// The binary logarithm of the maximum window of a frame: 64 MiB. The command `zstd` writes larger
/// windows only with `--ultra` or `--long`.
const MAX_WINDOW_LOG: u32 = 26;

/// Returns a decoder that reads all frames, one after the other.
pub(super) fn decoder<'a>(data: &'a [u8]) -> io::Result<Decoder<'a, impl BufRead + 'a>> {
    let mut decoder = Decoder::with_buffer(data)?;
    decoder.window_log_max(MAX_WINDOW_LOG)?;
    Ok(decoder)
}
