use std::fmt::Write;

use firehose_runtime::FailedItem;
use serde::Serialize;

use crate::terminal::{counted, escaped};

/// The length of the longest cause that is shown, in characters.
const MAX_CAUSE_CHARS: usize = 200;

/// The failed items of records that did not fail.
#[derive(Debug, Default, Serialize)]
pub(super) struct FailedItems {
    count: u64,
    first: Vec<ReportedItem>,
}

/// A failed item in JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportedItem {
    record_id: String,
    item: u64,
    cause: String,
}

impl FailedItems {
    pub(super) fn new(count: u64, first: Vec<FailedItem>) -> Self {
        let first = first.into_iter().map(|it| ReportedItem {
            record_id: it.record_id,
            item: it.number,
            cause: it.cause,
        });
        Self { count, first: first.collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the number of failed items, and a line for each of the first items. Returns an empty
    /// text if no item failed.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        if self.is_empty() {
            return text;
        }
        // Writing to memory does not fail.
        let items = counted(self.count, "item");
        let _ = writeln!(text, "{items} failed in records that did not fail:");
        for ReportedItem { record_id, item, cause } in &self.first {
            let (id, cause) = (escaped(record_id, 256), escaped(cause, MAX_CAUSE_CHARS));
            let _ = writeln!(text, "  record {id}, item {item}: {cause}");
        }
        let more = self.count - self.first.len() as u64;
        if more > 0 {
            let _ = writeln!(text, "  ... and {}", counted(more, "more item"));
        }
        text
    }
}
