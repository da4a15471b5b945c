use std::str;

/// A record id.
///
/// An id of at most 62 bytes is stored inline. Ids of records from a Kinesis data stream have 62
/// digits.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum RecordId {
    Short { length: u8, bytes: [u8; Self::SHORT] },
    Long(Box<str>),
}

impl RecordId {
    const SHORT: usize = 62;

    pub(crate) const EMPTY: Self = Self::Short { length: 0, bytes: [0; Self::SHORT] };

    /// Sets an empty id in place. Creating an id and moving it into its record would take longer
    /// than all other work on the id.
    pub(crate) fn set(&mut self, id: &str) {
        match self {
            Self::Short { length, bytes } if id.len() <= Self::SHORT => {
                bytes[..id.len()].copy_from_slice(id.as_bytes());
                // `SHORT` fits into a `u8`.
                *length = id.len() as u8;
            }
            _ => *self = Self::Long(id.into()),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            // `set` copied these bytes from a `str`, so they are UTF-8.
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

    fn record_id(id: &str) -> RecordId {
        let mut record_id = RecordId::EMPTY;
        record_id.set(id);
        record_id
    }

    #[test]
    fn keeps_ids_of_any_length() {
        for length in [0, 1, 61, 62, 63, 255, 256, 100_000] {
            let id = "x".repeat(length);
            assert_eq!(record_id(&id).as_str(), id);
        }
        assert_eq!(record_id(&"é".repeat(31)).as_str(), "é".repeat(31));
    }
}
