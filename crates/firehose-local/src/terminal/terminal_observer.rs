use std::{
    fmt,
    sync::{Arc, atomic::AtomicU64},
};

use firehose_delivery::{
    observer::{DeliveryEvent, DeliveryObserver},
    store::StoreErrorKind,
};

use crate::hint::with_hint;

use super::{
    plural::counted,
    progress::Progress,
    repeats::{Repeated, Repeats, Showing},
};

/// The observer that shows the progress, and a line for each failure, on standard error.
///
/// The observer shows the first few messages of each kind. The report has the counts.
#[derive(Debug)]
pub(crate) struct TerminalObserver {
    progress: Progress,
    repeats: Repeats,
    /// `true` to count the bytes that the events report. `false` if the reader counts the bytes.
    counts_event_bytes: bool,
}

impl TerminalObserver {
    /// The number of messages of one kind that are shown.
    const MESSAGES: u64 = 10;

    /// The number of log tails of one delivery stream that are shown. The logs of failures are
    /// often alike.
    const LOGS: u64 = 3;

    /// Returns an observer that adds up the read bytes that the events report. `total` is the
    /// length of the input in bytes, if known.
    pub(crate) fn new(total: Option<u64>) -> Self {
        let progress = Progress::new(total, Arc::default());
        Self { progress, repeats: Repeats::default(), counts_event_bytes: true }
    }

    /// Returns an observer that takes the number of read bytes from `read`, which the reader counts
    /// up. `total` is the length of the input in bytes, if known.
    pub(crate) fn of_reader(total: Option<u64>, read: Arc<AtomicU64>) -> Self {
        let progress = Progress::new(total, read);
        Self { progress, repeats: Repeats::default(), counts_event_bytes: false }
    }

    /// Shows the progress until `work` is done.
    pub(crate) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        self.progress.during(work).await
    }

    fn count(&self, records: u64, bytes: u64) {
        self.progress.count(records, if self.counts_event_bytes { bytes } else { 0 });
    }

    fn show(&self, message: impl fmt::Display) {
        self.progress.show(message);
    }

    /// Shows the first messages of a kind. Shows `more` in place of the next message.
    fn show_first(&self, kind: Repeated, message: impl fmt::Display, more: impl fmt::Display) {
        match self.repeats.count(kind, Self::MESSAGES) {
            Showing::Message => self.show(message),
            Showing::OnlyCounted => self.show(more),
            Showing::Nothing => {}
        }
    }

    fn show_once(&self, kind: Repeated, message: impl fmt::Display) {
        if self.repeats.count(kind, 1) == Showing::Message {
            self.show(message);
        }
    }

    fn show_log(&self, lines: &[String]) {
        lines.iter().for_each(|line| self.show(format_args!("  log: {line}")));
    }
}

impl DeliveryObserver for TerminalObserver {
    fn observe(&self, event: &DeliveryEvent<'_>) {
        match *event {
            DeliveryEvent::InputRead { records, bytes }
            | DeliveryEvent::BatchMeasured { records, bytes } => self.count(records, bytes),
            DeliveryEvent::MeasurementPlanned { bytes } => self.progress.set_total(bytes),
            DeliveryEvent::InputLooksLikeEvents => {
                self.show("the input looks like Firehose events; read them with --format events");
            }
            DeliveryEvent::RecordRefused { reason, .. } => {
                let more = "further refused records are only counted";
                self.show_first(Repeated::RecordRefused, reason, more);
            }
            DeliveryEvent::InputFailed { error } => self.show(error),
            DeliveryEvent::InvocationFailed { stream, function, attempt, of, error } => self
                .show_first(
                    Repeated::InvocationFailed { stream: stream.to_owned() },
                    format_args!("{function}, attempt {attempt} of {of}: {}", with_hint(error)),
                    format_args!("{function}: further errors are only counted"),
                ),
            DeliveryEvent::ContractViolated { stream, function, violation } => self.show_first(
                Repeated::ContractViolated { stream: stream.to_owned() },
                format_args!("{function}: {violation}: {}", violation.effect()),
                format_args!(
                    "{function}: further violations of Firehose's contract are only counted"
                ),
            ),
            DeliveryEvent::FunctionLog { stream, lines } => {
                let kind = Repeated::FunctionLog { stream: stream.to_owned() };
                if self.repeats.count(kind, Self::LOGS) == Showing::Message {
                    self.show_log(lines);
                }
            }
            DeliveryEvent::MeasurementLog { lines } => self.show_log(lines),
            DeliveryEvent::LogIncomplete { error } => self.show_once(
                Repeated::LogIncomplete,
                format_args!("the file of --log is not complete: {error}"),
            ),
            DeliveryEvent::RequestFailed {
                stream,
                destination,
                attempt,
                records,
                reason,
                retry_in,
            } => {
                let records = counted(records, "record");
                let next = match retry_in {
                    Some(pause) => format!("the next attempt is in {:.1} s", pause.as_secs_f64()),
                    None => "the records go to the error output".to_owned(),
                };
                self.show_first(
                    Repeated::RequestFailed { stream: stream.to_owned() },
                    format_args!(
                        "{stream}: attempt {attempt}: {destination} did not take {records}: \
                         {reason}; {next}"
                    ),
                    format_args!("{stream}: further failed requests are only counted"),
                );
            }
            DeliveryEvent::UploadFailed { stream, error, .. } => self.show_first(
                Repeated::UploadFailed { stream: stream.to_owned() },
                format_args!("{stream}: {}", with_hint(error)),
                format_args!("{stream}: further errors are only counted"),
            ),
            DeliveryEvent::LineRefused { object, line, reason } => self.show_first(
                Repeated::LineRefused,
                format_args!("{object}:{line} is not replayed: {reason}"),
                "further unreadable lines are only counted",
            ),
            DeliveryEvent::ErrorObjectFailed { error, ends_reading: true } => {
                self.show(with_hint(error));
            }
            DeliveryEvent::ErrorObjectFailed { error, ends_reading: false } => self.show_first(
                Repeated::ErrorObjectFailed,
                with_hint(error),
                "further unreadable objects are only counted",
            ),
            DeliveryEvent::RecoveryFailed { error, .. } => self.show_first(
                // Many rejected keys do not hide a failure of the store.
                Repeated::RecoveryFailed { is_of_key: error.kind() == StoreErrorKind::BadKey },
                with_hint(error),
                "further objects that could not be written are only counted",
            ),
            DeliveryEvent::RemainingFailed { error } => {
                self.show(format_args!("cannot write the remaining records: {error}"));
            }
            DeliveryEvent::Warning { message } => self.show(format_args!("warning: {message}")),
            DeliveryEvent::Note { message } => self.show(format_args!("note: {message}")),
            // The report has the other events.
            _ => {}
        }
    }
}
