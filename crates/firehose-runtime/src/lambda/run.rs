use std::{env, error, fmt, future::poll_fn, pin::pin, task::Poll};

use firehose_core::{BoxError, Transform};
use lambda_runtime::{Runtime, layers::TracingLayer};
use tokio::runtime;
use tracing::warn;

use super::{InitError, event_bytes::EventBytes, log};
use crate::{Handler, engine};

/// Runs a transform as a Lambda function, until Lambda ends the process.
///
/// This is all that `main` has to do:
///
/// ```no_run
/// use firehose_runtime::{BoxError, Record, transform_fn};
///
/// fn main() -> Result<(), BoxError> {
///     firehose_runtime::run(transform_fn(|record: Record| record.into_data()))
/// }
/// ```
///
/// It takes a [`Handler`] too, for settings other than the default ones. It starts a Tokio
/// runtime and does what [`init`] does.
#[doc = include_str!("../docs/lifecycle.md")]
///
/// # Errors
///
/// If there is no Lambda Runtime API to talk to ([`NotInLambda`]), if the connection to it
/// breaks, or if called from within a Tokio runtime: there, call [`run_async`].
pub fn run<T: Transform>(transform: impl Into<Handler<T>>) -> Result<(), BoxError> {
    block_on("run", run_async(transform))
}

/// [`run`] with a transform that takes something to make: a client that connects, a
/// configuration that is read.
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
/// If `init` fails or panics, that is logged and told to Lambda, and returned for `main` to end
/// with. Without a Lambda Runtime API, `init` is not run at all.
///
/// # Errors
///
/// As [`run`]; and [`InitError`] if `init` fails.
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
             call firehose_runtime::{called} there, and await it"
        )
        .into());
    }
    runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// [`run`] for a `main` that is async already.
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
/// If there is no Lambda Runtime API to talk to ([`NotInLambda`]), or the connection to it
/// breaks.
pub async fn run_async<T: Transform>(transform: impl Into<Handler<T>>) -> Result<(), BoxError> {
    NotInLambda::check()?;
    init();
    serve(transform.into()).await
}

/// [`run_with`] for a `main` that is async already.
///
/// # Errors
///
/// If there is no Lambda Runtime API to talk to ([`NotInLambda`]), in which case `init` is not
/// run; if `init` fails or panics ([`InitError`]); or if the connection to the Lambda Runtime API breaks.
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
    // A panic is as good an error as any: `expect` is how many a `main` reads its environment.
    let init = poll_fn(|context| {
        engine::inside(|| init.as_mut().poll(context))
            .unwrap_or_else(|panic| Poll::Ready(Err(panic.text.into())))
    });
    match init.await {
        Ok(handler) => serve(handler.into()).await,
        Err(cause) => Err(InitError::report(cause).await.into()),
    }
}

async fn serve<T: Transform>(handler: Handler<T>) -> Result<(), BoxError> {
    let events = EventBytes::default();
    let runtime = Runtime::new(events.handler(handler)).layer(events).layer(TracingLayer::new());
    // One invocation at a time, unless Lambda Managed Instances ask for more.
    runtime.run_concurrent().await
}

/// Sets the process up as [`run`] does: for a `main` that hands a [`Handler`] to
/// `lambda_runtime` itself, with layers around it.
///
/// It starts logging to standard output, JSON lines if the function's log format is JSON, at
/// the level of `AWS_LAMBDA_LOG_LEVEL`, or else the first plain level in `RUST_LOG`, or else
/// `INFO`; keeps panics of transforms out of standard error, since the log has them; and
/// warns if the binary was built to abort on them.
pub fn init() {
    log::init();
    engine::install_panic_hook();
    if cfg!(panic = "abort") {
        warn!(
            "this binary was built with panic = \"abort\": one panicking record will end the \
             whole invocation. Set panic = \"unwind\" in [profile.release] of the workspace's \
             Cargo.toml"
        );
    }
}

/// The process was not started by Lambda, nor by anything that acts as Lambda.
#[derive(Clone, PartialEq, Eq)]
pub struct NotInLambda {
    variable: &'static str,
}

impl NotInLambda {
    /// `lambda_runtime` panics if one of these is missing.
    fn check() -> Result<(), Self> {
        let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        for variable in
            ["AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION"]
        {
            if !is_set(variable) {
                return Err(Self { variable });
            }
        }
        let variable = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE";
        match env::var(variable).map(|size| size.parse::<i32>()) {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Self { variable }),
        }
    }
}

impl fmt::Display for NotInLambda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "this is a Lambda function and was not started by Lambda: {} is not set or not valid. \
             To run it here, use `firehose-local invoke --binary <this file> <event.json>` \
             or `cargo lambda watch`",
            self.variable
        )
    }
}

/// As `Display`: it is what a `main` that returns an error prints.
impl fmt::Debug for NotInLambda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for NotInLambda {}
