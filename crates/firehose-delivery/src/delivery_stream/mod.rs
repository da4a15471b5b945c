#![doc = include_str!("../docs/objects.md")]

mod check;
mod delivery_failure;
mod error_field;
mod error_line;
mod error_output_prefix;
mod event_writer;
mod invalid_error_line;
mod invalid_prefix;
mod invalid_setting;
mod invalid_timestamp_format;
mod json_value;
mod limits;
mod megabytes;
mod metadata_query;
mod name;
mod object_name;
mod partition_keys;
mod prefix;
mod prefix_error;
mod prefix_part;
mod processed_data;
mod processor_settings;
mod response;
mod settings;
mod shard_id;
mod stream_record;
mod timestamp_format;
mod timestamp_letters;
mod timestamp_offset;

pub use delivery_failure::DeliveryFailure;
pub use error_line::ErrorLine;
pub use error_output_prefix::ErrorOutputPrefix;
pub(crate) use event_writer::ENVELOPE_BYTES;
pub use event_writer::EventWriter;
pub use invalid_error_line::InvalidErrorLine;
pub use invalid_prefix::InvalidPrefix;
pub use invalid_setting::{InvalidSetting, Setting};
pub use invalid_timestamp_format::InvalidTimestampFormat;
pub use limits::{
    BUFFER_MEGABYTES, BUFFER_SECONDS, LAMBDA_BUFFER_MEGABYTES, LAMBDA_BUFFER_SECONDS,
    LAMBDA_RETRIES, MAX_EVENT_BYTES, MAX_KINESIS_STREAM_NAME,
};
pub use megabytes::{MEGABYTE, megabytes_to_bytes};
pub use metadata_query::MetadataQuery;
pub use name::is_name;
pub(crate) use object_name::{object_extension, object_name};
pub use partition_keys::{KeySource, PartitionKeys};
pub use prefix::Prefix;
pub use prefix_error::PrefixError;
pub use processed_data::ProcessedData;
pub use processor_settings::{ProcessorSettings, SubRecordType};
pub use response::{Answers, RecordOutcome, RejectedResponse, read_response};
pub use settings::{
    BufferingHints, Compression, DeliveryStream, LambdaProcessorConfig, S3DestinationConfig,
    StreamSource,
};
pub use shard_id::ShardId;
pub use stream_record::{KinesisOrigin, StreamRecord};
