//! Reads an event of which something cannot be read: a string with half of a surrogate pair,
//! say, or a number beyond a double. Both are JSON by its grammar, and nothing that Rust's
//! strings and numbers can hold.
//!
//! Every piece is read on its own here, so that only the one in question is lost. It takes
//! several times as long, which is why it comes second.

use serde::de::{Deserialize, MapAccess};
use serde_json::value::RawValue;

use super::{
    EventRecord,
    envelope::Envelope,
    lenient::{FromObject, Lenient, Skipped},
    metadata::Metadata,
};

/// The members of an object, their names too as they are written.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> FromObject<'de> for Members<'a> {
    fn from_object<M: MapAccess<'de>>(mut fields: M) -> Result<Self, M::Error> {
        let mut members = Vec::new();
        while let Some(member) = fields.next_entry()? {
            members.push(member);
        }
        Ok(Self(members))
    }
}

impl<'a> Members<'a> {
    fn read(text: &'a str) -> Option<Self> {
        match serde_json::from_str(text) {
            Ok(Lenient::<'a, Self>::Object(members)) => Some(members),
            Ok(_) | Err(_) => None,
        }
    }

    /// Of several members of that name, the last.
    fn get(&self, name: &str) -> Option<&'a RawValue> {
        let is_name =
            |key: &RawValue| serde_json::from_str::<String>(key.get()).is_ok_and(|it| it == name);
        self.0.iter().rev().find(|(key, _)| is_name(key)).map(|(_, value)| *value)
    }

    fn scalar(&self, name: &str) -> Lenient<'a> {
        match self.get(name) {
            Some(value) => serde_json::from_str(value.get()).unwrap_or(Lenient::Unreadable),
            None => Lenient::Missing,
        }
    }

    fn metadata(&self, name: &str) -> Option<Metadata<'a>> {
        let members = Self::read(self.get(name)?.get())?;
        Some(Metadata {
            shard_id: members.scalar("shardId"),
            partition_key: members.scalar("partitionKey"),
            sequence_number: members.scalar("sequenceNumber"),
            subsequence_number: members.scalar("subsequenceNumber"),
            partition_id: members.scalar("partitionId"),
            offset: members.scalar("offset"),
            arrival_time: members.scalar("approximateArrivalTimestamp"),
        })
    }
}

/// `None` if the text is no JSON object even by its grammar.
pub(super) fn envelope(text: &str) -> Option<Envelope<'_>> {
    let members = Members::read(text)?;
    let records = match members.get("records") {
        None => Lenient::Missing,
        Some(records) => match serde_json::from_str(records.get()) {
            Ok(Lenient::<'_, Skipped, Vec<&RawValue>>::Array(records)) => {
                Lenient::Array(records.into_iter().map(record).collect())
            }
            // It is no array, so nothing is skipped that could be one.
            Ok(_) | Err(_) => serde_json::from_str(records.get()).unwrap_or(Lenient::Unreadable),
        },
    };
    Some(Envelope {
        invocation_id: members.scalar("invocationId"),
        delivery_stream_arn: members.scalar("deliveryStreamArn"),
        region: members.scalar("region"),
        source_kinesis_stream_arn: members.scalar("sourceKinesisStreamArn"),
        source_msk_arn: members.scalar("sourceMSKArn"),
        records,
    })
}

fn record(raw: &RawValue) -> EventRecord<'_> {
    if let Ok(record) = EventRecord::deserialize(raw) {
        return record;
    }
    let Some(members) = Members::read(raw.get()) else {
        return EventRecord::unreadable("it is nothing that can be read");
    };
    EventRecord::new(
        members.scalar("recordId"),
        members.scalar("approximateArrivalTimestamp"),
        members.scalar("data"),
        members.scalar("kafkaRecordValue"),
        members.metadata("kinesisRecordMetadata"),
        members.metadata("mskRecordMetadata"),
    )
}
