//! Runs a [`Transform`] as an Amazon Data Firehose transformation Lambda.
//!
#![cfg_attr(feature = "lambda", doc = include_str!("docs/run.md"))]
//!
#![doc = include_str!("docs/overview.md")]

mod answer;
mod base64_engine;
#[cfg(feature = "aws_lambda_events")]
mod bridge;
pub mod contract;
mod engine;
mod event;
mod event_batch;
mod failure;
mod handler;
#[cfg(feature = "lambda")]
mod lambda;
mod oversize;
#[cfg(doc)]
#[doc = include_str!("docs/performance.md")]
pub mod performance {}
pub mod reingest;
mod response;
mod vcpus;

pub use firehose_core::{
    AsyncTransformFn, BoxError, BoxTransform, Bytes, Filter, IcebergOperation, IcebergRouting,
    IntoJsonOutcome, InvalidIcebergName, JsonError, JsonFn, JsonKey, JsonMember, JsonMembers,
    JsonScanner, JsonSyntaxError, KinesisMetadata, MskMetadata, Outcome, Output, PartitionBy,
    Record, Source, Then, Timestamp, Transform, TransformExt, TransformFn, WithDelimiter,
    async_trait, async_transform_fn, json_fn, transform_fn,
};

pub use answer::{Answer, Report};
pub use event::{
    BadPayload, Event, EventRecord, KinesisRecordMetadata, MalformedEvent, MskRecordMetadata,
    PayloadField,
};
pub use failure::{Failure, FailureKind};
pub use handler::Handler;
#[cfg(feature = "lambda")]
pub use lambda::{
    EventText, InitError, InvalidMetrics, Metrics, NotInLambda, ResponseText, init, run, run_async,
    run_async_with, run_with,
};
pub use oversize::Oversize;

pub(crate) use base64_engine::base64_engine;
