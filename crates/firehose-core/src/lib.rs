#![doc = include_str!("docs/overview.md")]

mod combinators;
mod error_chain;
mod failed_item;
mod iceberg;
mod invocation;
mod json;
mod json_fn;
mod outcome;
mod output;
mod record;
mod record_id;
mod source;
mod split;
mod transform;
mod transform_ext;
mod transform_fn;

pub use async_trait::async_trait;
pub use bytes::Bytes;
pub use jiff::Timestamp;
pub use json_scanner::{JsonKey, JsonPosition, JsonScanner, JsonSyntaxError, LocatedSyntaxError};

pub use combinators::{
    filter::Filter, partition_by::PartitionBy, then::Then, with_delimiter::WithDelimiter,
};
pub use error_chain::error_chain;
pub use failed_item::FailedItem;
pub use iceberg::{IcebergOperation, IcebergRouting, InvalidIcebergName};
pub use invocation::Invocation;
pub use json::{
    error::JsonError,
    members::{JsonMember, JsonMembers},
};
pub use json_fn::{IntoJsonOutcome, JsonFn, json_fn};
pub use outcome::{BoxError, Outcome};
pub use output::Output;
pub use record::Record;
pub use source::{KinesisMetadata, MskMetadata, Source};
pub use split::{
    Items, Split,
    for_each::{ForEach, for_each},
    invalid_item::InvalidItem,
    item_errors::ItemErrors,
    json_array::JsonArray,
    json_values::JsonValues,
    lines::{JsonLines, Lines},
};
pub use transform::{BoxTransform, Transform};
pub use transform_ext::TransformExt;
pub use transform_fn::{AsyncTransformFn, TransformFn, async_transform_fn, transform_fn};
