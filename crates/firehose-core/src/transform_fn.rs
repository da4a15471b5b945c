use std::{any::type_name, fmt};

use async_trait::async_trait;

use crate::{
    outcome::{BoxError, Outcome},
    record::Record,
    transform::Transform,
};

/// Creates a transform from a closure or function that takes a record.
///
/// The closure returns any type that is [`Into<Outcome>`](Outcome): bytes, a `String`, an
/// [`Output`](crate::Output), an `Option` of these (`None` is `Dropped`), or a `Result` of
/// these (`Err` is `ProcessingFailed`).
///
/// ```
/// use firehose_core::{Record, transform_fn};
/// use std::str::Utf8Error;
///
/// fn shout(record: Record) -> Result<String, Utf8Error> {
///     Ok(record.text()?.to_uppercase())
/// }
/// let shout = transform_fn(shout);
///
/// let skip_empty = transform_fn(|record: Record| {
///     (!record.data().is_empty()).then(|| record.into_data())
/// });
/// # fn is_transform(_: impl firehose_core::Transform) {}
/// # is_transform(shout);
/// # is_transform(skip_empty);
/// ```
pub fn transform_fn<F, R>(function: F) -> TransformFn<F>
where
    F: Fn(Record) -> R + Send + Sync + 'static,
    R: Into<Outcome>,
{
    TransformFn { function }
}

/// Creates a transform from an async closure or function that takes a record.
///
/// The closure returns one of the types that a closure of [`transform_fn`] returns.
///
/// ```
/// use firehose_core::{BoxError, Outcome, Record, async_transform_fn};
///
/// async fn look_up(key: &str) -> Result<String, BoxError> { Ok(format!("value of {key}")) }
///
/// let enrich = async_transform_fn(async |record: Record| -> Result<String, BoxError> {
///     Ok(look_up(record.text()?).await?)
/// });
/// # fn is_transform(_: impl firehose_core::Transform) {}
/// # is_transform(async_transform_fn(|record: Record| async move { Outcome::from(record.into_data()) }));
/// ```
pub fn async_transform_fn<F, Fut>(function: F) -> AsyncTransformFn<F>
where
    F: Fn(Record) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: Into<Outcome>> + Send,
{
    AsyncTransformFn { function }
}

/// The transform that [`transform_fn`] returns.
#[derive(Clone, Copy)]
pub struct TransformFn<F> {
    function: F,
}

/// The transform that [`async_transform_fn`] returns.
#[derive(Clone, Copy)]
pub struct AsyncTransformFn<F> {
    function: F,
}

#[async_trait]
impl<F, R> Transform for TransformFn<F>
where
    F: Fn(Record) -> R + Send + Sync + 'static,
    R: Into<Outcome>,
{
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        Ok((self.function)(record).into())
    }
}

#[async_trait]
impl<F, Fut> Transform for AsyncTransformFn<F>
where
    F: Fn(Record) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: Into<Outcome>> + Send,
{
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        Ok((self.function)(record).await.into())
    }
}

impl<F> fmt::Debug for TransformFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TransformFn").field(&type_name::<F>()).finish()
    }
}

impl<F> fmt::Debug for AsyncTransformFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AsyncTransformFn").field(&type_name::<F>()).finish()
    }
}
