use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use firehose_delivery::function::Causes;
use firehose_runtime::contract::Response;
use tokio::time::{Instant, sleep};

/// The log of a function since the start of an invocation. Clones share the log.
#[derive(Clone, Debug, Default)]
pub(super) struct InvocationLog {
    shared: Arc<Mutex<Lines>>,
}

#[derive(Debug, Default)]
struct Lines {
    causes: Causes,
    /// The last lines.
    last: VecDeque<String>,
}

/// The number of last lines that the message of a failed invocation shows.
const SHOWN_LINES: usize = 10;

/// The maximum length of a shown line, in bytes.
const MAX_LINE_BYTES: usize = 1024;

/// The longest time to wait after the response for the causes of failed records. A thread reads the
/// log, so it may read a cause after the response.
const GRACE: Duration = Duration::from_millis(300);

impl InvocationLog {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes the lines of earlier invocations.
    pub(super) fn begin(&self) {
        *self.lines() = Lines::default();
    }

    /// Adds a line of the log.
    pub(super) fn add(&self, line: &[u8]) {
        let mut lines = self.lines();
        lines.causes.inspect(line);
        if lines.last.len() == SHOWN_LINES {
            lines.last.pop_front();
        }
        let mut text = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
        text.truncate(text.floor_char_boundary(MAX_LINE_BYTES));
        lines.last.push_back(text);
    }

    /// Returns the last lines.
    pub(super) fn last_lines(&self) -> Vec<String> {
        self.lines().last.iter().cloned().collect()
    }

    /// Returns the last lines as the end of a message.
    pub(super) fn tail(&self) -> String {
        let lines = self.lines();
        if lines.last.is_empty() {
            return String::new();
        }
        let text: String = lines.last.iter().map(|line| format!("\n    {line}")).collect();
        format!("\n  end of the function's log:{text}")
    }

    /// Returns the causes of the failed records of a response, in the order of the records. Waits
    /// until the log has all causes, but not longer than [`GRACE`].
    pub(super) async fn causes(&self, response: &[u8]) -> Vec<Option<String>> {
        let ids = failed_ids(response);
        let end = Instant::now() + GRACE;
        loop {
            let causes: Vec<_> = {
                let lines = self.lines();
                ids.iter().map(|id| lines.causes.of(id).map(str::to_owned)).collect()
            };
            if causes.iter().all(Option::is_some) || Instant::now() >= end {
                return causes;
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Returns the ids of the records of a response that are `ProcessingFailed`.
pub(super) fn failed_ids(response: &[u8]) -> Vec<String> {
    let Ok(response) = Response::parse(response) else { return Vec::new() };
    let failed = response.records().filter(|it| it.result().as_deref() == Some("ProcessingFailed"));
    failed.map(|it| it.record_id().unwrap_or_default().into_owned()).collect()
}
