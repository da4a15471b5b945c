use std::{fmt, sync::Arc};

use base64::Engine;
use bytes::Bytes;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;

use super::{base64_engine::base64_engine, kinesis_record::Parts};
use crate::RawUserRecord;

/// A user record with what its Kinesis record says.
///
/// It serializes to the shape of the Python packages: one that came out of an aggregate has
/// `kinesis` anew, with `explicitHashKey` (or null), `subSequenceNumber` and
/// `"aggregated": true`, and takes over all else; a plain one is written as it came. Numbers
/// and all else that is taken over are written as they were.
///
/// `Debug` shows no payload.
#[derive(Clone)]
pub struct UserRecord {
    pub(super) parts: Arc<Parts>,
    pub(super) user_record: RawUserRecord,
    /// The record as it came, if it is plain.
    pub(super) whole: Option<Box<RawValue>>,
}

impl UserRecord {
    /// The partition key: the user record's own, or that of a plain Kinesis record.
    pub fn partition_key(&self) -> &str {
        self.user_record.partition_key().unwrap_or(&self.parts.partition_key)
    }

    /// The explicit hash key that the producer gave: decimal text.
    pub fn explicit_hash_key(&self) -> Option<&str> {
        self.user_record.explicit_hash_key()
    }

    /// The payload, decoded.
    pub fn data(&self) -> &Bytes {
        self.user_record.data()
    }

    /// The sequence number of the Kinesis record, the same for all that came in it; `None` if
    /// the event does not have it.
    pub fn sequence_number(&self) -> Option<&str> {
        self.parts.sequence_number_text.as_deref()
    }

    /// The position within the aggregate, from 0; 0 for a plain record.
    pub fn sub_sequence_number(&self) -> u64 {
        self.user_record.sub_sequence_number()
    }

    /// Whether it came out of an aggregate.
    pub fn is_aggregated(&self) -> bool {
        self.user_record.is_aggregated()
    }
}

impl fmt::Debug for UserRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserRecord")
            .field("sequence_number", &self.sequence_number())
            .field("user_record", &self.user_record)
            .finish_non_exhaustive()
    }
}

impl Serialize for UserRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(whole) = &self.whole {
            return whole.serialize(serializer);
        }
        let mut record = serializer.serialize_map(Some(self.parts.members.len() + 1))?;
        record.serialize_entry("kinesis", &Kinesis(self))?;
        for (name, value) in &self.parts.members {
            record.serialize_entry(name, value)?;
        }
        record.end()
    }
}

struct Kinesis<'a>(&'a UserRecord);

impl Serialize for Kinesis<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let UserRecord { parts, user_record, .. } = self.0;
        let mut kinesis = serializer.serialize_map(None)?;
        let taken_over = [
            ("kinesisSchemaVersion", &parts.schema_version),
            ("sequenceNumber", &parts.sequence_number),
            ("approximateArrivalTimestamp", &parts.arrival_timestamp),
        ];
        for (name, value) in taken_over {
            if let Some(value) = value {
                kinesis.serialize_entry(name, value)?;
            }
        }
        kinesis.serialize_entry("explicitHashKey", &user_record.explicit_hash_key())?;
        kinesis.serialize_entry("partitionKey", self.0.partition_key())?;
        kinesis.serialize_entry("subSequenceNumber", &user_record.sub_sequence_number())?;
        kinesis.serialize_entry("aggregated", &true)?;
        kinesis.serialize_entry("data", &base64_engine().encode(user_record.data()))?;
        if let Some(record_id) = &parts.record_id {
            kinesis.serialize_entry("recordId", record_id)?;
        }
        kinesis.end()
    }
}
