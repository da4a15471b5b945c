use std::{
    future::poll_fn,
    task::Poll,
    time::{Duration, Instant},
};

use super::{clients::LazyClients, entry::Entry, failed::FailedAttempt, target::Target};
use crate::engine::catch_panic::{catch_panic, drop_catching};

/// The longest time for one request, so that a request that hangs leaves time for another.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// Makes one request, which ends before `stop`.
///
/// Calls `done` with the position of each entry that was put back, and returns the other entries.
pub(super) async fn attempt(
    target: &Target<'_>,
    clients: &LazyClients,
    entries: Vec<Entry>,
    stop: Option<Instant>,
    mut done: impl FnMut(usize),
) -> Vec<Entry> {
    let request = async { target.put(clients.get().await, &entries).await };
    match catch_sdk_panic(within_time_limit(request, stop)).await {
        Ok(answers) => entries
            .into_iter()
            .zip(answers)
            .filter_map(|(entry, answer)| match answer {
                Ok(()) => {
                    done(entry.position);
                    None
                }
                Err(failed) => Some(entry.fail(failed)),
            })
            .collect(),
        Err(failed) => entries.into_iter().map(|entry| entry.fail(failed.clone())).collect(),
    }
}

/// Ends a request at `stop`, or after [`REQUEST_TIMEOUT`].
async fn within_time_limit<T>(
    request: impl Future<Output = Result<T, FailedAttempt>>,
    stop: Option<Instant>,
) -> Result<T, FailedAttempt> {
    let longest = Instant::now() + REQUEST_TIMEOUT;
    let (end, cause) = match stop {
        Some(stop) if stop < longest => (stop, "no response before the deadline".to_owned()),
        _ => (longest, format!("no response within {} s", REQUEST_TIMEOUT.as_secs())),
    };
    match tokio::time::timeout_at(end.into(), request).await {
        Ok(result) => result,
        Err(_) => Err(FailedAttempt::unclear(cause)),
    }
}

/// Turns a panic of the SDK, or of code that the SDK calls, into a failed attempt.
///
/// The results of other records stay valid.
async fn catch_sdk_panic<T>(
    request: impl Future<Output = Result<T, FailedAttempt>>,
) -> Result<T, FailedAttempt> {
    let mut request = Box::pin(request);
    let result = poll_fn(|context| {
        catch_panic(|| request.as_mut().poll(context)).unwrap_or_else(|panic| {
            Poll::Ready(Err(FailedAttempt::refused(format!("the AWS SDK {}", panic.text))))
        })
    })
    .await;
    drop_catching(request);
    result
}
