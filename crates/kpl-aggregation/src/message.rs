//! The protobuf messages of an aggregate.
//!
//! The types implement `prost::Message` by hand, for a rule that a derived message cannot follow: a
//! known field of another wire type is skipped like an unknown field. A derived message fails.
//!
//! Keys are [`Bytes`], since a reader accepts keys that are not UTF-8. A `string` field of prost
//! rejects such keys.
//!
//! Decoding from [`Bytes`] copies nothing: every key and payload is a slice of the record.

use bytes::{Buf, BufMut, Bytes};
use prost::{
    DecodeError, Message,
    encoding::{DecodeContext, WireType, bytes as bytes_field, message, skip_field, uint64},
};

/// The message `AggregatedRecord`: two tables of keys, and the records that point into them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AggregateMessage {
    pub(crate) partition_keys: Vec<Bytes>,
    pub(crate) explicit_hash_keys: Vec<Bytes>,
    pub(crate) records: Vec<RecordMessage>,
}

/// The message `Record`: one user record.
///
/// Required fields are written even if they are zero. A missing required field is read as zero,
/// since a proto3 writer omits zeros.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RecordMessage {
    pub(crate) partition_key_index: u64,
    pub(crate) explicit_hash_key_index: Option<u64>,
    pub(crate) data: Bytes,
}

/// The message `Tag`, which the format reserves and no writer uses. Decoding checks and drops tags.
#[derive(Debug, Default)]
struct TagMessage;

/// Returns the length of a length-delimited field, in bytes. `content` is the length of its
/// content.
pub(crate) fn field_length(content: usize) -> usize {
    // Protobuf encodes a field number below 16 in one byte, and all field numbers here are below
    // 16.
    1 + prost::length_delimiter_len(content) + content
}

impl Message for AggregateMessage {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        bytes_field::encode_repeated(1, &self.partition_keys, buffer);
        bytes_field::encode_repeated(2, &self.explicit_hash_keys, buffer);
        message::encode_repeated(3, &self.records, buffer);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        match (tag, wire_type) {
            (1, WireType::LengthDelimited) => {
                bytes_field::merge_repeated(wire_type, &mut self.partition_keys, buffer, context)
            }
            (2, WireType::LengthDelimited) => bytes_field::merge_repeated(
                wire_type,
                &mut self.explicit_hash_keys,
                buffer,
                context,
            ),
            (3, WireType::LengthDelimited) => {
                message::merge_repeated(wire_type, &mut self.records, buffer, context)
            }
            _ => skip_field(wire_type, tag, buffer, context),
        }
    }

    fn encoded_len(&self) -> usize {
        bytes_field::encoded_len_repeated(1, &self.partition_keys)
            + bytes_field::encoded_len_repeated(2, &self.explicit_hash_keys)
            + message::encoded_len_repeated(3, &self.records)
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Message for RecordMessage {
    fn encode_raw(&self, buffer: &mut impl BufMut) {
        uint64::encode(1, &self.partition_key_index, buffer);
        if let Some(index) = &self.explicit_hash_key_index {
            uint64::encode(2, index, buffer);
        }
        bytes_field::encode(3, &self.data, buffer);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        match (tag, wire_type) {
            (1, WireType::Varint) => {
                uint64::merge(wire_type, &mut self.partition_key_index, buffer, context)
            }
            (2, WireType::Varint) => {
                let index = self.explicit_hash_key_index.get_or_insert_default();
                uint64::merge(wire_type, index, buffer, context)
            }
            (3, WireType::LengthDelimited) => {
                bytes_field::merge(wire_type, &mut self.data, buffer, context)
            }
            (4, WireType::LengthDelimited) => {
                message::merge(wire_type, &mut TagMessage, buffer, context)
            }
            _ => skip_field(wire_type, tag, buffer, context),
        }
    }

    fn encoded_len(&self) -> usize {
        uint64::encoded_len(1, &self.partition_key_index)
            + self.explicit_hash_key_index.map_or(0, |index| uint64::encoded_len(2, &index))
            + bytes_field::encoded_len(3, &self.data)
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Message for TagMessage {
    fn encode_raw(&self, _: &mut impl BufMut) {}

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        skip_field(wire_type, tag, buffer, context)
    }

    fn encoded_len(&self) -> usize {
        0
    }

    fn clear(&mut self) {}
}
