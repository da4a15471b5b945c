use rustls::crypto::{CryptoProvider, ring};

/// Sets ring as the TLS provider of this process. `reqwest` builds no client without a provider,
/// not even for plain HTTP.
pub fn install_provider() {
    if CryptoProvider::get_default().is_none() {
        // If another thread has set a provider in the meantime, that provider is used.
        let _ = ring::default_provider().install_default();
    }
}
