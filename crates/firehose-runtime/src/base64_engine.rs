use std::sync::LazyLock;

use base64::{
    Engine, encoded_len,
    engine::{GeneralPurposeConfig, Simd},
};

/// Standard base64 with padding, by SIMD where the machine has it.
///
/// `base64`'s ready-made `STANDARD` engine is scalar, about a quarter as fast.
pub(crate) fn base64_engine() -> &'static Simd {
    static ENGINE: LazyLock<Simd> = LazyLock::new(|| Simd::standard(GeneralPurposeConfig::new()));
    &ENGINE
}

/// The engine encodes what is shorter than this byte by byte.
const SHORT: usize = 128;

/// A whole number of groups of three bytes.
const PIECE: usize = 12 * 1024;

/// Appends these bytes as base64.
pub(crate) fn push_base64(data: &[u8], base64: &mut Vec<u8>) {
    let start = base64.len();
    let length = encoded_len(data.len(), true).unwrap_or_default();
    if (24..SHORT).contains(&data.len()) {
        // With zeros after it SIMD takes it too, 24 bytes at a time with eight more in sight.
        // The text is the same then, but for the padding at its end.
        let (mut padded, mut text) = ([0; SHORT + 24], [0; 4 * (SHORT + 24) / 3 + 4]);
        padded[..data.len()].copy_from_slice(data);
        let groups = data.len().next_multiple_of(24) + 8;
        let _ = base64_engine().encode_slice(&padded[..groups.max(SHORT)], &mut text);
        base64.extend_from_slice(&text[..length]);
        let missing = (3 - data.len() % 3) % 3;
        base64[start + length - missing..].fill(b'=');
    } else {
        // Piece by piece, so that what is zeroed is still in the cache when it is written.
        for piece in data.chunks(PIECE) {
            let start = base64.len();
            base64.resize(start + encoded_len(piece.len(), true).unwrap_or_default(), 0);
            let written = base64_engine().encode_slice(piece, &mut base64[start..]);
            base64.truncate(start + written.unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn any_length_is_encoded_as_the_standard_says() {
        let data: Vec<u8> = (0..4 * PIECE).map(|byte| (byte * 7 + 250) as u8).collect();
        for length in (0..300).chain([PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7]) {
            let mut base64 = b"before".to_vec();
            push_base64(&data[..length], &mut base64);
            let expected = format!("before{}", STANDARD.encode(&data[..length]));
            assert_eq!(String::from_utf8(base64).unwrap(), expected, "{length} bytes");
        }
    }
}
