use std::{
    fmt,
    io::{self, IsTerminal},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{eprint_error::eprint_error, stderr_terminal::StderrTerminal};

/// The progress of long work: a bar on a terminal, and a line every few seconds elsewhere. Short
/// work shows nothing.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    /// Bytes of the input that were read.
    read: Arc<AtomicU64>,
    records: AtomicU64,
}

impl Progress {
    /// The time between two lines, without a terminal.
    const LINE_INTERVAL: Duration = Duration::from_secs(5);

    /// Returns the progress through an input. `total` is its length in bytes, if known. `read`
    /// counts the bytes that were read.
    pub(super) fn new(total: Option<u64>, read: Arc<AtomicU64>) -> Self {
        let bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::no_length(),
        };
        let target = match io::stderr().is_terminal() {
            true => ProgressDrawTarget::term_like_with_hz(Box::new(StderrTerminal), 10),
            false => ProgressDrawTarget::hidden(),
        };
        bar.set_draw_target(target);
        let template = match total {
            Some(_) => "{bar:30} {bytes} of {total_bytes}, {msg}, {bytes_per_sec}, {eta} left",
            None => "{spinner} {bytes}, {msg}, {bytes_per_sec}",
        };
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or(ProgressStyle::default_bar()),
        );
        Self { bar, read, records: AtomicU64::new(0) }
    }

    /// Counts records of the input, and bytes that no reader counts.
    pub(super) fn count(&self, records: u64, bytes: u64) {
        self.records.fetch_add(records, Ordering::Relaxed);
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Changes the length of the input, in bytes.
    pub(super) fn set_total(&self, total: u64) {
        self.bar.set_length(total);
    }

    /// Shows a line above the progress, escaped and shortened.
    pub(super) fn show(&self, line: impl fmt::Display) {
        self.bar.suspend(|| eprint_error(line));
    }

    /// Shows the progress until `work` is done.
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let is_terminal = io::stderr().is_terminal();
        let mut last_line = Instant::now();
        let mut ticks = tokio::time::interval(Duration::from_millis(100));
        loop {
            tokio::select! {
                biased;
                result = &mut work => {
                    self.bar.finish_and_clear();
                    return result;
                }
                _ = ticks.tick() => {}
            }
            let read = self.read.load(Ordering::Relaxed);
            let records = self.records.load(Ordering::Relaxed);
            if self.bar.length().is_some_and(|total| read > total) {
                // A file grew after its length was read.
                self.bar.set_length(read);
            }
            if is_terminal {
                self.bar.set_position(read);
                self.bar.set_message(format!("{} records", HumanCount(records)));
            } else if last_line.elapsed() >= Self::LINE_INTERVAL {
                last_line = Instant::now();
                let of = match self.bar.length() {
                    Some(total) => format!(" of {}", HumanBytes(total)),
                    None => String::new(),
                };
                self.show(format_args!(
                    "{}{of} read, {} records",
                    HumanBytes(read),
                    HumanCount(records)
                ));
            }
        }
    }
}
