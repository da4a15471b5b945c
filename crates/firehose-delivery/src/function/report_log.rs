use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use firehose_runtime::Report;
use serde_json::json;

use super::{log_destination::LogDestination, log_file::LogFile};
use crate::{now::now, observer::DeliveryObserver};

/// The log of a function in this process: a JSON line for each failed record, and for each of the
/// first failed items.
///
/// The lines have the form of the JSON log of `firehose-runtime`, but without the position of the
/// record in its source, such as `shard_id`.
#[derive(Default)]
pub(super) struct ReportLog {
    /// `None` if nothing reads the log.
    to: Option<Mutex<Box<dyn Write + Send>>>,
}

impl ReportLog {
    pub(super) fn new(log: &LogDestination, observer: &Arc<dyn DeliveryObserver>) -> Self {
        let to: Box<dyn Write + Send> = match log {
            LogDestination::Tail => return Self::default(),
            LogDestination::File(file) => {
                Box::new(LogFile::new(Arc::clone(file), Arc::clone(observer)))
            }
            LogDestination::Writer(writer) => Box::new(writer.clone()),
        };
        Self { to: Some(Mutex::new(to)) }
    }

    /// Writes the failures of an event. A log that cannot be written does not stop the function.
    pub(super) fn write(&self, report: &Report) {
        let Some(to) = &self.to else { return };
        let text = lines(report);
        let _ = to.lock().unwrap_or_else(PoisonError::into_inner).write_all(text.as_bytes());
    }
}

fn lines(report: &Report) -> String {
    let (timestamp, invocation_id) = (now().to_string(), &report.invocation_id);
    let records = report.failures.iter().map(|failure| {
        json!({
            "message": "record failed",
            "invocation_id": invocation_id,
            "record_id": failure.record_id,
            "kind": failure.kind.as_str(),
            "cause": failure.cause,
        })
    });
    let items = report.first_failed_items.iter().map(|item| {
        json!({
            "message": "item failed",
            "invocation_id": invocation_id,
            "record_id": item.record_id,
            "item": item.number,
            "cause": item.cause,
        })
    });
    let more = report.items_failed - report.first_failed_items.len() as u64;
    let more = (more > 0).then(
        || json!({"message": "more items failed", "invocation_id": invocation_id, "items": more}),
    );
    records
        .chain(items)
        .chain(more)
        .map(|fields| json!({"timestamp": timestamp, "level": "WARN", "fields": fields}))
        .map(|line| format!("{line}\n"))
        .collect()
}
