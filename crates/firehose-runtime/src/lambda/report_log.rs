use std::{env, sync::LazyLock};

use tracing::{error, info, warn};

use super::failure_lines::{MAX_ID_BYTES, failure_lines};
use crate::{cause::shortened, report::Report};

impl Report {
    /// The maximum number of log lines for failures of one kind and cause in an invocation.
    pub const SAME_CAUSE_LINES: usize = 10;

    /// The maximum number of log lines for single failures in an invocation.
    pub const FAILURE_LINES: usize = 100;

    /// The maximum bytes of log lines for single failures in an invocation, if all failures are
    /// logged: 4 MiB.
    pub const MAX_FAILURE_BYTES: usize = 4 * 1024 * 1024;

    /// The name of an environment variable. If its value is `all`, each failure has a log line, up
    /// to [`MAX_FAILURE_BYTES`](Self::MAX_FAILURE_BYTES) in an invocation.
    pub const FAILURE_LOG_VARIABLE: &str = "FIREHOSE_TRANSFORM_FAILURE_LOG";

    /// The maximum number of repeated ids that a log line names.
    pub const REPEATED_IDS_NAMED: usize = 10;

    /// Logs a line for each failed record, and a summary of the invocation.
    ///
    /// In a burst of failures, only the first [`SAME_CAUSE_LINES`](Self::SAME_CAUSE_LINES) of each
    /// kind and cause have a line, and at most [`FAILURE_LINES`](Self::FAILURE_LINES) in all. One
    /// line for each kind counts the others. `FIREHOSE_TRANSFORM_FAILURE_LOG=all` in the environment
    /// lifts this rule, for example for tests. The `tower::Service` calls this function by itself.
    ///
    /// `request_id` is Lambda's id of the request. The lines have this id if the event has no
    /// `invocationId`.
    #[doc = include_str!("../docs/logging.md")]
    pub fn log(&self, request_id: &str) {
        let invocation_id = self.invocation(request_id);
        let invocation_id = invocation_id.as_str();
        for line in failure_lines(&self.failures, logs_all_failures()) {
            line.log(invocation_id);
        }
        for item in &self.first_failed_items {
            warn!(
                invocation_id,
                record_id = shortened(&item.record_id, MAX_ID_BYTES),
                item = item.number,
                cause = item.cause,
                "item failed"
            );
        }
        let more = self.items_failed - self.first_failed_items.len() as u64;
        if more > 0 {
            warn!(invocation_id, items = more, "more items failed");
        }
        if !self.repeated_ids.is_empty() {
            warn!(
                invocation_id,
                ids = self.repeated_ids.len(),
                first_ids = first_ids(&self.repeated_ids),
                "the event has repeated record ids"
            );
        }
        if self.without_id > 0 {
            error!(
                invocation_id,
                records = self.without_id,
                "records without a recordId cannot be answered; Firehose will fail them"
            );
        }
        info!(
            invocation_id,
            records = self.records,
            ok = self.ok,
            dropped = self.dropped,
            put_back = self.put_back,
            failed = self.failures.len(),
            items_failed = self.items_failed,
            bytes_in = self.bytes_in,
            bytes_out = self.bytes_out,
            "event answered"
        );
    }

    /// Returns the event's `invocationId`, or Lambda's id of the request if the event has none.
    pub(crate) fn invocation(&self, request_id: &str) -> String {
        match self.invocation_id.as_str() {
            "" => shortened(request_id, MAX_ID_BYTES),
            id => shortened(id, MAX_ID_BYTES),
        }
    }
}

/// Returns `true` if the environment asks for a line for each failure.
fn logs_all_failures() -> bool {
    static LOGS_ALL: LazyLock<bool> =
        LazyLock::new(|| env::var_os(Report::FAILURE_LOG_VARIABLE).is_some_and(|it| it == "all"));
    *LOGS_ALL
}

fn first_ids(ids: &[String]) -> String {
    let ids = ids.iter().take(Report::REPEATED_IDS_NAMED);
    ids.map(|id| shortened(id, MAX_ID_BYTES)).collect::<Vec<_>>().join(", ")
}
