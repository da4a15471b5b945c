use rustls::crypto::{CryptoProvider, ring};

/// Sets ring as the TLS provider of this process. `reqwest` builds no client without a provider,
/// not even for plain HTTP.
pub fn install_provider() {
    if CryptoProvider::get_default().is_none() {
        // Another thread may have set a provider in the meantime, which works as well.
        let _ = ring::default_provider().install_default();
    }
}
