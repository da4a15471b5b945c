use std::{env, fmt};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The secret key of a [`Hash`](crate::redact::Hash).
///
/// `Debug` does not show the key.
#[derive(Clone)]
pub struct HashKey {
    /// The state of the HMAC after the key, so that the key is hashed only once.
    mac: Hmac<Sha256>,
}

impl HashKey {
    /// The minimum length of a key: 32 bytes. This is the length of the hash, as
    /// [RFC 2104, section 3](https://www.rfc-editor.org/rfc/rfc2104#section-3) recommends.
    ///
    /// If the key is short, anyone who has the hashes can try all keys with all likely values.
    pub const MIN_BYTES: usize = 32;

    /// Reads the key from an environment variable. The key is the text of the variable. Base64 and
    /// hexadecimal digits are not decoded.
    ///
    /// # Errors
    ///
    /// If the variable is not set, is not UTF-8 or is shorter than
    /// [`MIN_BYTES`](Self::MIN_BYTES).
    pub fn from_env(variable: &str) -> Result<Self, HashKeyError> {
        let name = variable.to_owned();
        match env::var(variable) {
            Ok(key) if key.len() < Self::MIN_BYTES => {
                Err(HashKeyError::ShortVariable(name, key.len()))
            }
            Ok(key) => Ok(Self::of_any_length(key.as_bytes())),
            Err(env::VarError::NotPresent) => Err(HashKeyError::NotSet(name)),
            Err(env::VarError::NotUnicode(_)) => Err(HashKeyError::NotUtf8(name)),
        }
    }

    /// Creates a key from bytes, such as a secret that the function reads when it starts.
    ///
    /// # Errors
    ///
    /// If the key is shorter than [`MIN_BYTES`](Self::MIN_BYTES).
    pub fn from_bytes(key: &[u8]) -> Result<Self, HashKeyError> {
        if key.len() < Self::MIN_BYTES {
            return Err(HashKeyError::Short(key.len()));
        }
        Ok(Self::of_any_length(key))
    }

    fn of_any_length(key: &[u8]) -> Self {
        // HMAC accepts keys of any length, so the fallback is never used.
        let mac = Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
        Self { mac }
    }

    /// Appends the hash of a text to `out`: 64 lower-case hexadecimal digits.
    pub(super) fn push_hash(&self, text: &[u8], out: &mut String) {
        let mut mac = self.mac.clone();
        mac.update(text);
        for byte in mac.finalize().into_bytes() {
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
            }
        }
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(..)")
    }
}

/// An error for a hash key that is missing, not UTF-8 or too short. The message does not show the key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashKeyError {
    /// The environment variable of this name is not set.
    NotSet(String),
    /// The environment variable of this name is not UTF-8.
    NotUtf8(String),
    /// The environment variable of this name has only this number of bytes.
    ShortVariable(String, usize),
    /// The key has only this number of bytes.
    Short(usize),
}

impl fmt::Display for HashKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const REMEDY: &str = "such as the output of `openssl rand -hex 32`";
        let min = HashKey::MIN_BYTES;
        match self {
            Self::NotSet(name) => write!(
                f,
                "the environment variable {name} is not set; set it to a secret of at least {min} \
                 bytes, {REMEDY}"
            ),
            Self::NotUtf8(name) => write!(
                f,
                "the environment variable {name} is not UTF-8; set it to a text of at least {min} \
                 bytes, {REMEDY}"
            ),
            Self::ShortVariable(name, length) => write!(
                f,
                "the environment variable {name} has {length} bytes, and a key needs at least \
                 {min}; set it to a longer secret, {REMEDY}"
            ),
            Self::Short(length) => write!(
                f,
                "the key has {length} bytes, and it needs at least {min}; use a longer secret, \
                 {REMEDY}"
            ),
        }
    }
}

impl std::error::Error for HashKeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits = (0..hex.len()).step_by(2);
        digits.map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    /// The test cases of RFC 4231, section 4, for HMAC-SHA-256.
    #[test]
    fn the_hash_equals_the_vectors_of_rfc_4231() {
        let long = "This is a test using a larger than block-size key and a larger than \
                    block-size data. The key needs to be hashed before being used by the HMAC \
                    algorithm.";
        for (key, data, hash) in [
            (
                vec![0x0b; 20],
                b"Hi There".to_vec(),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 20],
                vec![0xdd; 50],
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            ),
            (
                bytes("0102030405060708090a0b0c0d0e0f10111213141516171819"),
                vec![0xcd; 50],
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            ),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                vec![0xaa; 131],
                long.into(),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ] {
            let mut found = String::new();
            HashKey::of_any_length(&key).push_hash(&data, &mut found);
            assert_eq!(found, hash);
        }
    }

    #[test]
    fn a_key_is_long_enough_and_is_not_shown() {
        assert_eq!(HashKey::from_bytes(&[7; 31]).unwrap_err(), HashKeyError::Short(31));
        let key = HashKey::from_bytes(b"secret secret secret secret 1234").unwrap();
        assert_eq!(format!("{key:?}"), "HashKey(..)");
        // Cargo sets this variable for tests.
        assert_eq!(
            HashKey::from_env("CARGO_PKG_VERSION_MAJOR").unwrap_err().to_string(),
            "the environment variable CARGO_PKG_VERSION_MAJOR has 1 bytes, and a key needs at least \
             32; set it to a longer secret, such as the output of `openssl rand -hex 32`",
        );
        assert!(HashKey::from_env("CARGO_MANIFEST_DIR").is_ok());
        let error = HashKey::from_env("A_VARIABLE_THAT_NOBODY_SETS").unwrap_err().to_string();
        assert!(
            error.starts_with("the environment variable A_VARIABLE_THAT_NOBODY_SETS is not set")
        );
    }
}
