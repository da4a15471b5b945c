use std::io::{self, BufRead};

use zstd::stream::read::Decoder;

/// The binary logarithm of the largest window of a frame: 64 MiB. The command line tool makes
/// larger windows only with `--ultra --long`.
const MAX_WINDOW_LOG: u32 = 26;

/// Returns a decoder of one frame after the other.
pub(super) fn decoder<'a>(data: &'a [u8]) -> io::Result<Decoder<'a, impl BufRead + 'a>> {
    let mut decoder = Decoder::with_buffer(data)?;
    decoder.window_log_max(MAX_WINDOW_LOG)?;
    Ok(decoder)
}
