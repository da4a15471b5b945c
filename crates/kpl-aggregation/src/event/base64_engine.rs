use std::sync::LazyLock;

use base64::engine::{GeneralPurposeConfig, Simd};

/// Returns the engine for standard base64 with padding.
///
/// The engine uses SIMD if the machine supports SIMD. Then it is four times as fast as the default
/// engine of `base64`.
pub(super) fn base64_engine() -> &'static Simd {
    static ENGINE: LazyLock<Simd> = LazyLock::new(|| Simd::standard(GeneralPurposeConfig::new()));
    &ENGINE
}
