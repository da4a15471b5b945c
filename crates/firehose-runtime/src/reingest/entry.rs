use firehose_core::{KinesisMetadata, Record, Source};

use super::failed::{AttemptState, FailedAttempt};
use crate::limits::MAX_PARTITION_KEY_CHARS;

/// The maximum number of attempts with an unclear result for one record. Each such attempt may have
/// put the record into the source.
const MAX_UNCLEAR: u32 = 3;

/// A record to put back, with its failed attempts.
#[derive(Debug)]
pub(super) struct Entry {
    /// The position among the records to put back.
    pub(super) position: usize,
    pub(super) record: Record,
    pub(super) explicit_hash_key: Option<String>,
    /// The last failed attempt, if any.
    pub(super) failed: Option<FailedAttempt>,
    /// Number of failed attempts.
    pub(super) attempts: u32,
    /// Number of failed attempts with an unclear result.
    unclear: u32,
}

impl Entry {
    pub(super) fn new(position: usize, record: Record) -> Self {
        Self { position, record, explicit_hash_key: None, failed: None, attempts: 0, unclear: 0 }
    }

    /// Returns the entry of a record from a Kinesis data stream.
    ///
    /// Rejects a record for which AWS would reject the whole request, so that no other record
    /// fails.
    pub(super) fn of_stream(
        position: usize,
        record: Record,
        explicit_hash_key: Option<String>,
    ) -> Result<Self, String> {
        let entry = Self { explicit_hash_key, ..Self::new(position, record) };
        match entry.partition_key().chars().count() {
            0 => return Err("`kinesisRecordMetadata` has no `partitionKey`".to_owned()),
            1..=MAX_PARTITION_KEY_CHARS => {}
            chars => {
                return Err(format!(
                    "`partitionKey` has {chars} characters; the limit is {MAX_PARTITION_KEY_CHARS}"
                ));
            }
        }
        if entry.explicit_hash_key.as_deref().is_some_and(|key| !is_hash_key(key)) {
            return Err(
                "the explicit hash key must be a decimal number from 0 to 2^128 - 1".to_owned()
            );
        }
        Ok(entry)
    }

    /// Returns the partition key, or an empty text without one.
    pub(super) fn partition_key(&self) -> &str {
        match self.record.source() {
            Source::Kinesis(metadata) => KinesisMetadata::partition_key(metadata),
            _ => "",
        }
    }

    /// Returns the bytes that count towards the limits of a request.
    pub(super) fn bytes(&self) -> usize {
        self.record.data().len() + self.partition_key().len()
    }

    pub(super) fn fail(mut self, failed: FailedAttempt) -> Self {
        self.attempts += 1;
        self.unclear += u32::from(failed.state == AttemptState::Unclear);
        self.failed = Some(failed);
        self
    }

    /// Returns `true` if another attempt may succeed.
    pub(super) fn may_be_put_again(&self) -> bool {
        let is_refused = self.failed.as_ref().is_some_and(|it| it.state == AttemptState::Refused);
        !is_refused && self.unclear < MAX_UNCLEAR
    }

    pub(super) fn copy_of_data(&self) -> Vec<u8> {
        self.record.data().to_vec()
    }
}

fn is_hash_key(text: &str) -> bool {
    let canonical = text == "0" || !text.starts_with(['0', '+']);
    canonical && text.parse::<u128>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_key(partition_key: &str, hash_key: Option<&str>) -> Result<Entry, String> {
        let metadata = KinesisMetadata::new("shardId-000000000000", partition_key, "1");
        let record = Record::new("1", "12345").with_source(Source::Kinesis(metadata));
        Entry::of_stream(0, record, hash_key.map(str::to_owned))
    }

    #[test]
    fn a_partition_key_has_1_to_256_characters() {
        assert!(of_key("", None).unwrap_err().contains("no `partitionKey`"));
        assert_eq!(of_key(&"é".repeat(256), None).unwrap().bytes(), 512 + 5);
        assert!(of_key(&"é".repeat(257), None).unwrap_err().contains("257 characters"));
    }

    #[test]
    fn an_explicit_hash_key_is_a_number_of_128_bits() {
        for key in ["0", "7", "340282366920938463463374607431768211455"] {
            assert!(of_key("a", Some(key)).is_ok(), "{key}");
        }
        for key in ["", "-1", "+1", "00", "07", "1 ", "340282366920938463463374607431768211456"] {
            assert!(of_key("a", Some(key)).is_err(), "{key}");
        }
    }
}
