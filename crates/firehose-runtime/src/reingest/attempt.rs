use std::{
    future::poll_fn,
    task::Poll,
    time::{Duration, Instant},
};

use super::{clients::LazyClients, entry::Entry, failed::Failed, target::Target};
use crate::engine::{drop_quietly, inside};

/// No request takes longer: one that hangs leaves time for another.
const LONGEST: Duration = Duration::from_secs(15);

/// Makes one request, which ends before `stop`. Calls `done` for each entry that is there
/// again, and returns the others.
pub(super) async fn attempt(
    target: &Target<'_>,
    clients: &LazyClients,
    entries: Vec<Entry>,
    stop: Option<Instant>,
    mut done: impl FnMut(usize),
) -> Vec<Entry> {
    let request = async { target.put(clients.get().await, &entries).await };
    match caught(limited(request, stop)).await {
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

async fn limited<T>(
    request: impl Future<Output = Result<T, Failed>>,
    stop: Option<Instant>,
) -> Result<T, Failed> {
    let longest = Instant::now() + LONGEST;
    let (end, cause) = match stop {
        Some(stop) if stop < longest => (stop, "no response before the time was over".to_owned()),
        _ => (longest, format!("no response within {} s", LONGEST.as_secs())),
    };
    match tokio::time::timeout_at(end.into(), request).await {
        Ok(result) => result,
        Err(_) => Err(Failed::unclear(cause)),
    }
}

/// A panic of the SDK, or of what it calls, is a failure like another: it must not take the
/// answers to other records with it.
async fn caught<T>(request: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    let mut request = Box::pin(request);
    let result = poll_fn(|context| {
        inside(|| request.as_mut().poll(context)).unwrap_or_else(|panic| {
            Poll::Ready(Err(Failed::refused(format!("the AWS SDK {}", panic.text))))
        })
    })
    .await;
    drop_quietly(request);
    result
}
