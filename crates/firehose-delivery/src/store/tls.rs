use rustls::crypto::{CryptoProvider, ring};

/// Makes ring what TLS is done with in this process. `reqwest` builds no client before that, not
/// even one that is to speak plain HTTP.
pub fn install_provider() {
    if CryptoProvider::get_default().is_none() {
        // Who else installs one in the meantime has done what is needed.
        let _ = ring::default_provider().install_default();
    }
}
