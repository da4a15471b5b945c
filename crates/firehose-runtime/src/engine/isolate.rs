use std::{future::poll_fn, pin::pin, task::Poll};

use firehose_core::BoxError;

use super::{
    catch_panic::{catch_panic, drop_catching},
    deadline::Deadline,
};
use crate::cause::Cause;

/// Runs a future of the user's code until the deadline, and turns a panic into a cause.
pub(crate) async fn isolate<F: Future>(
    deadline: Deadline,
    start: impl FnOnce() -> F,
) -> Result<F::Output, Cause> {
    let mut future = catch_panic(|| Box::pin(start()))?;
    let mut stop = pin!(deadline.wait());
    let result = poll_fn(|context| match catch_panic(|| future.as_mut().poll(context)) {
        Ok(Poll::Pending) if deadline.is_past() => Poll::Ready(Err(Deadline::given_up())),
        Ok(Poll::Pending) => stop.as_mut().poll(context).map(|()| Err(Deadline::given_up())),
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(cause) => Poll::Ready(Err(cause)),
    })
    .await;
    drop_catching(future);
    result
}

/// Returns the text of an error and its sources. If formatting the error panics, returns the text
/// of the panic.
pub(crate) fn isolated_text(error: &BoxError) -> String {
    catch_panic(|| Cause::error(error)).unwrap_or_else(|cause| cause).text
}
