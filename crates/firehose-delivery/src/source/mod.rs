#![doc = include_str!("../docs/sources.md")]

mod direct_put;
mod event_records;
mod input_error;
mod input_file;
mod input_format;
mod input_item;
mod input_manifest;
mod input_reader;
mod kafka_records;
mod length_prefixed_records;
mod limits;
mod line_records;
mod msk_topic;
mod paths;
mod put_error;
mod put_record;
mod sequence_number;
mod sharded_stream;
mod whole_file;

pub use direct_put::DirectPut;
pub use input_error::InputError;
pub use input_format::InputFormat;
pub use input_item::InputItem;
pub use input_manifest::{InputManifest, ManifestFile};
pub use input_reader::InputReader;
pub(crate) use limits::{MAX_DIRECT_PUT_BYTES, MAX_KINESIS_BYTES, MAX_MSK_BYTES};
pub(crate) use msk_topic::MskTopic;
pub use put_error::PutError;
pub use put_record::{KafkaPosition, PutRecord};
pub(crate) use sharded_stream::ShardedStream;
pub use whole_file::{
    MAX_WHOLE_FILE_BYTES, read_regular_text, read_whole_file, read_whole_json, read_whole_text,
};
