use std::io::{self, Write};

use bytes::Bytes;
use snap::{
    raw::{Decoder, decompress_len},
    read::FrameDecoder,
    write::FrameEncoder,
};

use super::{bounded::read_bounded, format::Compression};

/// The first chunk of framed data, which identifies the format.
const STREAM_IDENTIFIER: &[u8] = b"\xff\x06\0\0sNaPpY";

/// Appends the frames of `data` to `buffer`.
pub(super) fn compress(data: &[u8], mut buffer: Vec<u8>) -> io::Result<Vec<u8>> {
    if data.is_empty() {
        // For empty data, the encoder writes nothing, but readers expect the identifier.
        buffer.extend_from_slice(STREAM_IDENTIFIER);
        return Ok(buffer);
    }
    let mut encoder = FrameEncoder::new(buffer);
    encoder.write_all(data)?;
    encoder.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

/// Decompresses frames. Data that does not begin with the stream identifier is read as a raw block.
pub(super) fn decompress(data: &[u8], max_bytes: usize) -> io::Result<Option<Bytes>> {
    if Compression::detect(data) == Some(Compression::Snappy) {
        return read_bounded(FrameDecoder::new(data), data.len().saturating_mul(2), max_bytes);
    }
    // A block begins with its decompressed length.
    if decompress_len(data)? > max_bytes {
        return Ok(None);
    }
    Ok(Some(Decoder::new().decompress_vec(data)?.into()))
}
