use std::str;

/// A record id.
///
/// Those from a Kinesis data stream are 62 digits, and need no allocation of their own.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum RecordId {
    Short { length: u8, bytes: [u8; Self::SHORT] },
    Long(Box<str>),
}

impl RecordId {
    const SHORT: usize = 62;

    pub(crate) fn new(id: &str) -> Self {
        let mut bytes = [0; Self::SHORT];
        match (bytes.get_mut(..id.len()), u8::try_from(id.len())) {
            (Some(short), Ok(length)) => {
                short.copy_from_slice(id.as_bytes());
                Self::Short { length, bytes }
            }
            _ => Self::Long(id.into()),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            // It was a text when it was put there.
            Self::Short { length, bytes } => {
                str::from_utf8(&bytes[..usize::from(*length)]).unwrap_or_default()
            }
            Self::Long(id) => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_any_length_are_kept() {
        for length in [0, 1, 61, 62, 63, 255, 256, 100_000] {
            let id = "x".repeat(length);
            assert_eq!(RecordId::new(&id).as_str(), id);
        }
        assert_eq!(RecordId::new(&"é".repeat(31)).as_str(), "é".repeat(31));
    }
}
