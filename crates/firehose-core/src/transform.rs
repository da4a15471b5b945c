use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    outcome::{BoxError, Outcome},
    record::Record,
};

/// A transform: one decoded record in, one [`Outcome`] out.
///
/// ```
/// use firehose_core::{BoxError, Outcome, Output, Record, Transform, async_trait};
///
/// /// Wraps text as JSON, and drops heartbeats.
/// struct Wrap;
///
/// #[async_trait]
/// impl Transform for Wrap {
///     async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
///         match record.text()? {
///             "heartbeat" => Ok(Outcome::Dropped),
///             text => Ok(Output::json(&[("message", text)])?.into()),
///         }
///     }
/// }
/// ```
///
/// # Contract
///
/// **The caller** decodes the payload and passes each record once per invocation. Firehose delivers
/// at least once: it repeats an invocation that failed or timed out. So the side effects of a
/// transform may happen more than once.
///
/// **The implementer** has no obligations. An `Err` means `ProcessingFailed` for this record alone,
/// and so does a panic. A transform cannot change the ids, the number or the order of the answers.
/// All records and all invocations share one transform, which explains `&self`, `Send`, `Sync` and
/// `'static`.
///
/// **No protection exists** against a transform that ends the process, overflows the stack or
/// blocks its thread forever. The whole invocation fails then.
#[async_trait]
pub trait Transform: Send + Sync + 'static {
    /// Transforms one record.
    ///
    /// # Errors
    ///
    /// An `Err` means `ProcessingFailed` for this record, exactly like
    /// [`Outcome::ProcessingFailed`], so that `?` works. The runtime logs the text of the error as
    /// the cause.
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError>;

    /// Splits the input of a record into two inputs, whose outputs together are the output of the
    /// record.
    ///
    /// The runtime calls this method for a record whose output fits into no response, if it may put
    /// records back to their source. It puts back both inputs, and Firehose sends them as two
    /// records. So each of the two must have fewer items than the record: an input that stayed the
    /// same would come back forever.
    ///
    /// Returns `None` if the record cannot be split, which is the default. The record fails then.
    /// [`ForEach`](crate::ForEach) asks its splitter ([`Split::halves`](crate::Split::halves)).
    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        let _ = record;
        None
    }
}

/// A boxed transform of any type.
///
/// See also [`TransformExt::boxed`](crate::TransformExt::boxed).
pub type BoxTransform = Box<dyn Transform>;

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: Transform + ?Sized> Transform for Arc<T> {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        (**self).transform(record).await
    }

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        (**self).halves(record)
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: Transform + ?Sized> Transform for Box<T> {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        (**self).transform(record).await
    }

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        (**self).halves(record)
    }
}
