use std::sync::LazyLock;

use base64::{
    Engine, encoded_len,
    engine::{DecodePaddingMode, GeneralPurposeConfig, Simd},
};

/// Standard base64 by SIMD, where the machine has it: `base64`'s ready-made engine is scalar, and
/// several times as slow. Padding is written, and must be there in what is read.
pub static BASE64: LazyLock<Simd> = LazyLock::new(|| Simd::standard(GeneralPurposeConfig::new()));

/// The same, for what others have written: padding may be left out.
pub static LENIENT_BASE64: LazyLock<Simd> = LazyLock::new(|| {
    let config = GeneralPurposeConfig::new();
    Simd::standard(config.with_decode_padding_mode(DecodePaddingMode::Indifferent))
});

/// Appends data as base64, without a copy in between.
pub fn push_base64(data: &[u8], to: &mut Vec<u8>) {
    let start = to.len();
    to.resize(start + base64_len(data), 0);
    // It fails only if there is not enough room.
    let _ = BASE64.encode_slice(data, &mut to[start..]);
}

/// How long data is as base64.
pub fn base64_len(data: &[u8]) -> usize {
    encoded_len(data.len(), true).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_pushed_is_base64(data in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut text = b"before".to_vec();
            push_base64(&data, &mut text);
            let pushed = text.strip_prefix(b"before".as_slice()).unwrap();
            prop_assert_eq!(pushed.len(), base64_len(&data));
            prop_assert_eq!(BASE64.decode(pushed).unwrap(), data.clone());
            let bare = pushed.strip_suffix(b"==").or(pushed.strip_suffix(b"=")).unwrap_or(pushed);
            prop_assert_eq!(LENIENT_BASE64.decode(bare).unwrap(), data);
        }
    }
}
