use bytes::Bytes;
use prost::Message;

use crate::{
    aggregate::Aggregate,
    frame::{self, OVERHEAD},
    key_table_builder::KeyTableBuilder,
    message::{AggregateMessage, RecordMessage, field_length},
};

/// The contents of an unfinished aggregate, with its exact size.
#[derive(Clone, Debug, Default)]
pub(crate) struct AggregateBuilder {
    partition_keys: KeyTableBuilder,
    explicit_hash_keys: KeyTableBuilder,
    records: Vec<RecordMessage>,
    /// The exact length of the encoded message, in bytes.
    message_length: usize,
}

impl AggregateBuilder {
    /// Returns the record with its indices, and the number of bytes that the record and its new
    /// keys add to the message.
    pub(crate) fn record_message(
        &self,
        partition_key: &str,
        explicit_hash_key: Option<&str>,
        data: Bytes,
    ) -> (RecordMessage, usize) {
        let (partition_key_index, key_growth) = self.partition_keys.index_and_growth(partition_key);
        let explicit = explicit_hash_key.map(|key| self.explicit_hash_keys.index_and_growth(key));
        let record = RecordMessage {
            partition_key_index,
            explicit_hash_key_index: explicit.map(|(index, _)| index),
            data,
        };
        let hash_key_growth = explicit.map_or(0, |(_, growth)| growth);
        let growth = key_growth + hash_key_growth + field_length(record.encoded_len());
        (record, growth)
    }

    /// Adds a record that [`record_message`](Self::record_message) returned for the same keys.
    pub(crate) fn push(
        &mut self,
        partition_key: &str,
        explicit_hash_key: Option<&str>,
        record: RecordMessage,
        growth: usize,
    ) {
        self.partition_keys.insert(partition_key);
        if let Some(key) = explicit_hash_key {
            self.explicit_hash_keys.insert(key);
        }
        self.records.push(record);
        self.message_length += growth;
    }

    /// Returns the length in bytes of the partition key for the put, which is the key of the first
    /// record.
    pub(crate) fn put_key_length(&self) -> Option<usize> {
        self.partition_keys.first().map(Bytes::len)
    }

    /// Returns the length of the finished aggregate in bytes, including the frame.
    pub(crate) fn framed_length(&self) -> usize {
        self.message_length + OVERHEAD
    }

    /// Returns the number of records.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Returns the aggregate, or `None` if it has no records.
    ///
    /// With `single_plain`, a single record has no frame.
    pub(crate) fn finish(self, single_plain: bool) -> Option<Aggregate> {
        let first = self.records.first()?;
        let text = |key: &Bytes| String::from_utf8_lossy(key).into_owned();
        let explicit_hash_key = first.explicit_hash_key_index;
        let aggregate = Aggregate {
            partition_key: self.partition_keys.first().map(text).unwrap_or_default(),
            explicit_hash_key: explicit_hash_key
                .and_then(|_| self.explicit_hash_keys.first().map(text)),
            user_records: self.records.len(),
            data: Bytes::new(),
        };
        if single_plain && self.records.len() == 1 {
            let data = self.records.into_iter().next().map(|record| record.data);
            return Some(Aggregate { data: data.unwrap_or_default(), ..aggregate });
        }
        let message = AggregateMessage {
            partition_keys: self.partition_keys.into_keys(),
            explicit_hash_keys: self.explicit_hash_keys.into_keys(),
            records: self.records,
        };
        let data = frame::close(self.message_length, |buffer| message.encode_raw(buffer));
        Some(Aggregate { data, ..aggregate })
    }
}
