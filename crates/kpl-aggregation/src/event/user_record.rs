use std::{fmt, sync::Arc};

use base64::Engine;
use bytes::Bytes;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;

use crate::{
    event::{base64_engine::base64_engine, kinesis_record::InheritedFields},
    raw_user_record::RawUserRecord,
};

/// A user record with the fields of its Kinesis record.
///
/// The JSON of a user record has the shape of the Python packages:
///
/// - A user record of an aggregate gets a new field `kinesis`. This field has the data and the keys
///   of the user record, with null for a missing `explicitHashKey`. It also has `subSequenceNumber`
///   and `"aggregated": true`.
/// - The new field inherits `kinesisSchemaVersion`, `sequenceNumber`, `approximateArrivalTimestamp`
///   and `recordId` from the old field `kinesis`.
/// - The user record inherits all other members of the Kinesis record except a top-level `data`.
/// - Inherited values stay as they are written, numbers included.
/// - A plain record is written unchanged.
///
/// `Debug` shows no payload.
#[derive(Clone)]
pub struct UserRecord {
    pub(super) fields: Arc<InheritedFields>,
    pub(super) user_record: RawUserRecord,
    /// The unchanged record, if it is plain.
    pub(super) whole: Option<Box<RawValue>>,
}

impl UserRecord {
    /// Returns the partition key. For a plain record, it is the key of the Kinesis record.
    pub fn partition_key(&self) -> &str {
        self.user_record.partition_key().unwrap_or(&self.fields.partition_key)
    }

    /// Returns the explicit hash key from the producer as decimal text, if the record has one.
    pub fn explicit_hash_key(&self) -> Option<&str> {
        self.user_record.explicit_hash_key()
    }

    /// Returns the payload, decoded from base64.
    pub fn data(&self) -> &Bytes {
        self.user_record.data()
    }

    /// Returns the sequence number of the Kinesis record, which all its user records share.
    ///
    /// Returns `None` if the event has no sequence number.
    pub fn sequence_number(&self) -> Option<&str> {
        self.fields.sequence_number_text.as_deref()
    }

    /// Returns the position within the aggregate, from 0; 0 for a plain record.
    pub fn sub_sequence_number(&self) -> u64 {
        self.user_record.sub_sequence_number()
    }

    /// Returns `true` if the record was in an aggregate, and `false` for a plain record.
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
        let mut record = serializer.serialize_map(Some(self.fields.members.len() + 1))?;
        record.serialize_entry("kinesis", &KinesisField(self))?;
        for (name, value) in &self.fields.members {
            record.serialize_entry(name, value)?;
        }
        record.end()
    }
}

struct KinesisField<'a>(&'a UserRecord);

impl Serialize for KinesisField<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let UserRecord { fields, user_record, .. } = self.0;
        let mut kinesis = serializer.serialize_map(None)?;
        let inherited = [
            ("kinesisSchemaVersion", &fields.schema_version),
            ("sequenceNumber", &fields.sequence_number),
            ("approximateArrivalTimestamp", &fields.arrival_timestamp),
        ];
        for (name, value) in inherited {
            if let Some(value) = value {
                kinesis.serialize_entry(name, value)?;
            }
        }
        kinesis.serialize_entry("explicitHashKey", &user_record.explicit_hash_key())?;
        kinesis.serialize_entry("partitionKey", self.0.partition_key())?;
        kinesis.serialize_entry("subSequenceNumber", &user_record.sub_sequence_number())?;
        kinesis.serialize_entry("aggregated", &true)?;
        kinesis.serialize_entry("data", &base64_engine().encode(user_record.data()))?;
        if let Some(record_id) = &fields.record_id {
            kinesis.serialize_entry("recordId", record_id)?;
        }
        kinesis.end()
    }
}
