use std::{
    fmt,
    io::{self, IsTerminal, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::escaped::escaped;

/// How far long work is: a bar on a terminal, a line every few seconds elsewhere, nothing for
/// work that is done at once.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    /// Bytes of the input that were read.
    read: Arc<AtomicU64>,
    records: AtomicU64,
}

impl Progress {
    /// Between two lines, where there is no terminal.
    const LINES: Duration = Duration::from_secs(5);

    /// Shows the way through an input of so many bytes, if that is known, of which `read` says
    /// how many are read.
    pub(super) fn new(total: Option<u64>, read: Arc<AtomicU64>) -> Self {
        let bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::no_length(),
        };
        bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
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

    /// Shows a line beside the progress. Text from elsewhere may be part of it, so the line is
    /// cut and escaped.
    pub(super) fn show(&self, line: impl fmt::Display) {
        let line = escaped(&line.to_string(), 4096);
        self.bar.suspend(|| {
            // Where standard error is closed, nobody listens.
            let _ = writeln!(io::stderr(), "firehose-local: {line}");
        });
    }

    /// Shows the progress until `work` is done.
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let is_terminal = io::stderr().is_terminal();
        let mut said = Instant::now();
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
            if is_terminal {
                self.bar.set_position(read);
                self.bar.set_message(format!("{} records", HumanCount(records)));
            } else if said.elapsed() >= Self::LINES {
                said = Instant::now();
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
