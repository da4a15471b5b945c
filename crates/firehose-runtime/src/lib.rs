//! Runs a [`Transform`] as an Amazon Data Firehose transformation Lambda.
//!
#![cfg_attr(feature = "lambda", doc = include_str!("docs/run.md"))]
//!
#![doc = include_str!("docs/overview.md")]

mod answer;
pub mod base64_codec;
#[cfg(feature = "aws_lambda_events")]
mod bridge;
mod cause;
pub mod contract;
mod engine;
mod event;
mod event_batch;
mod failure;
mod handler;
mod json;
#[cfg(feature = "lambda")]
mod lambda;
pub mod limits;
mod oversize;
#[cfg(doc)]
#[doc = include_str!("docs/performance.md")]
pub mod performance {}
mod put_back;
pub mod reingest;
mod repeated_ids;
mod report;
mod response;
mod vcpus;

pub use firehose_core::{
    AsyncTransformFn, BoxError, BoxTransform, Bytes, FailedItem, Filter, ForEach, IcebergOperation,
    IcebergRouting, IntoJsonOutcome, InvalidIcebergName, InvalidItem, Invocation, ItemErrors,
    Items, JsonArray, JsonError, JsonFn, JsonKey, JsonLines, JsonMember, JsonMembers, JsonPosition,
    JsonScanner, JsonSyntaxError, JsonValues, KinesisMetadata, Lines, LocatedSyntaxError,
    MskMetadata, Outcome, Output, PartitionBy, Record, Source, Split, Then, Timestamp, Transform,
    TransformExt, TransformFn, WithDelimiter, async_trait, async_transform_fn, error_chain,
    for_each, json_fn, transform_fn,
};

pub use answer::Answer;
pub use engine::catch_panic::install_panic_hook;
pub use event::{
    firehose_event::Event,
    malformed::MalformedEvent,
    payload::{BadPayload, PayloadField},
    record::EventRecord,
};
pub use failure::{Failure, FailureKind};
pub use handler::Handler;
#[cfg(feature = "lambda")]
pub use lambda::{
    event_text::EventText,
    init_error::InitError,
    invalid_metrics::InvalidMetrics,
    metrics::Metrics,
    not_in_lambda::NotInLambda,
    response_text::ResponseText,
    run::{init, run, run_async, run_async_with, run_with},
};
pub use oversize::Oversize;
pub use report::Report;
