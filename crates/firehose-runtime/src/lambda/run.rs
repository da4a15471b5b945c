use std::{future::poll_fn, pin::pin, task::Poll};

use firehose_core::{BoxError, Transform};
use lambda_runtime::{Runtime, layers::TracingLayer};
use tokio::runtime;
use tracing::warn;

use super::{event_bytes::EventBytes, init_error::InitError, log, not_in_lambda::NotInLambda};
use crate::{
    engine::catch_panic::{catch_panic, install_panic_hook},
    handler::Handler,
};

/// Runs a transform as a Lambda function, until Lambda ends the process.
///
/// A `main` needs nothing else:
///
/// ```no_run
/// use firehose_runtime::{BoxError, Record, transform_fn};
///
/// fn main() -> Result<(), BoxError> {
///     firehose_runtime::run(transform_fn(|record: Record| record.into_data()))
/// }
/// ```
///
/// Pass a [`Handler`] instead of a transform to change settings. This function starts a Tokio
/// runtime, and calls [`init`].
#[doc = include_str!("../docs/lifecycle.md")]
///
/// # Errors
///
/// - If Lambda did not start the process ([`NotInLambda`](crate::NotInLambda)).
/// - If the connection to the Lambda Runtime API breaks.
/// - If called within a Tokio runtime. Call [`run_async`] there.
pub fn run<T: Transform>(transform: impl Into<Handler<T>>) -> Result<(), BoxError> {
    block_on("run", run_async(transform))
}

/// Runs a transform like [`run`], after an initialization that may fail, such as connecting a
/// client.
///
/// ```no_run
/// use firehose_runtime::{BoxError, Record, Transform, async_transform_fn};
/// use std::sync::Arc;
///
/// # struct Client;
/// # impl Client {
/// #     async fn connect() -> Result<Self, BoxError> { Ok(Self) }
/// #     async fn look_up(&self, _: &[u8]) -> Result<Vec<u8>, BoxError> { Ok(Vec::new()) }
/// # }
/// async fn transform() -> Result<impl Transform, BoxError> {
///     let client = Arc::new(Client::connect().await?);
///     Ok(async_transform_fn(move |record: Record| {
///         let client = client.clone();
///         async move { client.look_up(record.data()).await }
///     }))
/// }
///
/// fn main() -> Result<(), BoxError> {
///     firehose_runtime::run_with(transform())
/// }
/// ```
///
/// If `init` fails or panics, the cause is logged, reported to Lambda, and returned. Without a
/// Lambda Runtime API, `init` does not run at all.
///
/// # Errors
///
/// The errors of [`run`], and [`InitError`] if `init` fails.
pub fn run_with<T, H>(init: impl Future<Output = Result<H, BoxError>>) -> Result<(), BoxError>
where
    T: Transform,
    H: Into<Handler<T>>,
{
    block_on("run_with", run_async_with(init))
}

fn block_on(name: &str, work: impl Future<Output = Result<(), BoxError>>) -> Result<(), BoxError> {
    if runtime::Handle::try_current().is_ok() {
        let called = name.replace("run", "run_async");
        return Err(format!(
            "firehose_runtime::{name} was called within a Tokio runtime; \
             await firehose_runtime::{called} there"
        )
        .into());
    }
    runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// Runs a transform like [`run`], within the Tokio runtime of the caller.
///
/// ```no_run
/// use firehose_runtime::{BoxError, Record, transform_fn};
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), BoxError> {
///     firehose_runtime::run_async(transform_fn(|record: Record| record.into_data())).await
/// }
/// ```
///
/// # Errors
///
/// If Lambda did not start the process ([`NotInLambda`](crate::NotInLambda)), or if the connection
/// to the Lambda Runtime API breaks.
pub async fn run_async<T: Transform>(transform: impl Into<Handler<T>>) -> Result<(), BoxError> {
    NotInLambda::check()?;
    init();
    serve(transform.into()).await
}

/// Runs a transform like [`run_with`], within the Tokio runtime of the caller.
///
/// # Errors
///
/// - If Lambda did not start the process ([`NotInLambda`](crate::NotInLambda)). `init` does not run
///   then.
/// - If `init` fails or panics ([`InitError`]).
/// - If the connection to the Lambda Runtime API breaks.
pub async fn run_async_with<T, H>(
    init: impl Future<Output = Result<H, BoxError>>,
) -> Result<(), BoxError>
where
    T: Transform,
    H: Into<Handler<T>>,
{
    NotInLambda::check()?;
    self::init();
    let mut init = pin!(init);
    // Initializations often call `expect`, for example on variables. So a panic counts as an error.
    let init = poll_fn(|context| {
        catch_panic(|| init.as_mut().poll(context))
            .unwrap_or_else(|panic| Poll::Ready(Err(panic.text.into())))
    });
    match init.await {
        Ok(handler) => serve(handler.into()).await,
        Err(cause) => Err(InitError::report(cause).await.into()),
    }
}

async fn serve<T: Transform>(handler: Handler<T>) -> Result<(), BoxError> {
    let events = EventBytes::default();
    let runtime = Runtime::new(events.serve(handler)).layer(events).layer(TracingLayer::new());
    // This runs one invocation at a time, except on Lambda Managed Instances.
    let mut running = pin!(runtime.run_concurrent());
    // `lambda_runtime` panics if the Lambda Runtime API answers with status 500, or without the
    // headers of the API.
    poll_fn(|context| {
        catch_panic(|| running.as_mut().poll(context)).unwrap_or_else(|panic| {
            let reason = format!("unexpected answer of the Lambda Runtime API: {}", panic.text);
            Poll::Ready(Err(reason.into()))
        })
    })
    .await
}

/// Sets up the process like [`run`], for a `main` that passes a [`Handler`] to `lambda_runtime`
/// itself.
///
/// This function
///
/// - starts logging to standard output, as JSON lines if the function's log format is JSON. The
///   level is `AWS_LAMBDA_LOG_LEVEL`, or the first level without a target in `RUST_LOG`, or `INFO`;
/// - keeps panics of transforms out of standard error, because the log has them;
/// - logs a warning if the binary was built to abort on panics.
pub fn init() {
    log::init();
    install_panic_hook();
    if cfg!(panic = "abort") {
        warn!(
            "this binary was built with panic = \"abort\": one panicking record ends the \
             whole invocation. Set panic = \"unwind\" in [profile.release] of the workspace's \
             Cargo.toml"
        );
    }
}
