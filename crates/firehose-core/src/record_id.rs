use std::str;

/// The id of a record. A short id needs no allocation.
///
/// The ids of records from a Kinesis stream have 62 digits. The docs of
/// `firehose_runtime::performance` have the time that this type saves.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum RecordId {
    Short { length: u8, bytes: [u8; Self::MAX_SHORT] },
    Long(Box<str>),
}

impl RecordId {
    const MAX_SHORT: usize = 62;

    pub(crate) const EMPTY: Self = Self::Short { length: 0, bytes: [0; Self::MAX_SHORT] };

    /// Fills an empty id in place, because moving a new id into a record is slow.
    pub(crate) fn set(&mut self, id: &str) {
        match self {
            Self::Short { length, bytes } if id.len() <= Self::MAX_SHORT => {
                bytes[..id.len()].copy_from_slice(id.as_bytes());
                // At most 62, so the cast loses nothing.
                *length = id.len() as u8;
            }
            _ => *self = Self::Long(id.into()),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            // `set` has copied the bytes from a text, so they are UTF-8.
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
        let ids = [0, 1, 61, 62, 63, 255, 256, 100_000].map(|length| "x".repeat(length));
        for id in ids.into_iter().chain(["é".repeat(31), "é".repeat(32)]) {
            let mut record_id = RecordId::EMPTY;
            record_id.set(&id);
            assert_eq!(record_id.as_str(), id);
        }
    }
}
