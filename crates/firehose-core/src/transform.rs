use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    outcome::{BoxError, Outcome},
    record::Record,
};

/// One decoded record in, one [`Outcome`] out.
///
/// ```
/// use firehose_core::{BoxError, Outcome, Output, Record, Transform, async_trait};
///
/// /// Wraps text as a JSON line, and leaves heartbeats out.
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
/// What the caller promises: each record comes with its payload decoded, once per
/// invocation. Firehose delivers at least once: it repeats an invocation that failed or
/// timed out, so side effects of a transform may happen more than once.
///
/// What the implementer promises: nothing that the caller relies on. An `Err` means
/// `ProcessingFailed` for this record alone, and so does a panic; ids, number and order of
/// the answers are out of reach. A transform is shared between the records of an
/// invocation and between invocations, hence `&self`, `Send`, `Sync` and `'static`.
///
/// What nobody can fence off: a transform that ends the process, overflows the stack or
/// blocks its thread for ever takes the whole invocation with it.
#[async_trait]
pub trait Transform: Send + Sync + 'static {
    /// Transforms one record.
    ///
    /// # Errors
    ///
    /// An `Err` tells Firehose `ProcessingFailed` for this record, exactly like
    /// [`Outcome::ProcessingFailed`], so that `?` works. Its text is logged as the cause.
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError>;
}

/// A transform of a type that is not named: see [`TransformExt::boxed`](crate::TransformExt::boxed).
pub type BoxTransform = Box<dyn Transform>;

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: Transform + ?Sized> Transform for Arc<T> {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        (**self).transform(record).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: Transform + ?Sized> Transform for Box<T> {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        (**self).transform(record).await
    }
}
