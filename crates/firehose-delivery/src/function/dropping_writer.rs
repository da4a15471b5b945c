use std::{
    collections::VecDeque,
    fmt,
    io::{self, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// A writer that never waits for a slow reader, because it writes in its own thread.
///
/// Up to 1 MiB of text waits for the thread. A write that would exceed this limit is dropped, and
/// its lines are counted. An empty queue takes a write of any length. Once the reader has caught
/// up, a line says how many lines are missing. Clones share the thread and its queue.
#[derive(Clone)]
pub struct DroppingWriter {
    shared: Arc<CloseOnDrop>,
    max_waiting: usize,
    escapes_controls: bool,
}

/// The shared state. Dropping the last clone of a writer closes the queue, which ends the thread.
struct CloseOnDrop(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    writes: VecDeque<Vec<u8>>,
    bytes: usize,
    dropped_lines: usize,
    is_writing: bool,
    is_closed: bool,
}

impl DroppingWriter {
    /// The limit of bytes that wait for the reader.
    const MAX_WAITING: usize = 1024 * 1024;

    /// Starts the thread, which writes to `to`. An error of `to` is ignored.
    pub fn new(to: impl Write + Send + 'static) -> Self {
        let shared = Arc::new(Shared { queue: Mutex::default(), changed: Condvar::new() });
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || of_thread.write_all_to(to));
        let shared = Arc::new(CloseOnDrop(shared));
        Self { shared, max_waiting: Self::MAX_WAITING, escapes_controls: false }
    }

    /// Returns a clone that escapes the control characters in the text that it writes, except tabs
    /// and newlines, so that the text cannot control a terminal.
    #[must_use]
    pub fn escaping_controls(&self) -> Self {
        Self { escapes_controls: true, ..self.clone() }
    }

    /// Returns a clone with precedence. The limit of this clone is 2 MiB, so this clone has room
    /// for 1 MiB when the other clones have reached their limit of 1 MiB.
    #[must_use]
    pub fn with_precedence(&self) -> Self {
        Self { max_waiting: 2 * Self::MAX_WAITING, ..self.clone() }
    }

    /// Waits until all text is written, but at most for this time. Returns `false` if some text is
    /// not written yet.
    pub fn wait_until_written(&self, limit: Duration) -> bool {
        let shared = &self.shared.0;
        let end = Instant::now() + limit;
        let mut queue = shared.lock();
        while !queue.writes.is_empty() || queue.is_writing || queue.dropped_lines > 0 {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = shared.changed.wait_timeout(queue, left);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

impl Write for DroppingWriter {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let text = if self.escapes_controls { escaped(data) } else { data.to_vec() };
        let shared = &self.shared.0;
        let mut queue = shared.lock();
        if queue.bytes > 0 && queue.bytes + text.len() > self.max_waiting {
            queue.dropped_lines += data.iter().filter(|byte| **byte == b'\n').count().max(1);
        } else {
            queue.bytes += text.len();
            queue.writes.push_back(text);
        }
        drop(queue);
        shared.changed.notify_all();
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_all_to(&self, mut to: impl Write) {
        while let Some(text) = self.next() {
            let _ = to.write_all(&text).and_then(|()| to.flush());
            self.lock().is_writing = false;
            self.changed.notify_all();
        }
    }

    /// Waits for the next text. Returns `None` after the last text.
    fn next(&self) -> Option<Vec<u8>> {
        let mut queue = self.lock();
        loop {
            if let Some(text) = queue.writes.pop_front() {
                queue.bytes -= text.len();
                queue.is_writing = true;
                return Some(text);
            }
            if queue.dropped_lines > 0 {
                let lines = std::mem::take(&mut queue.dropped_lines);
                queue.is_writing = true;
                let missing = match lines {
                    1 => "1 line is missing".to_owned(),
                    lines => format!("{lines} lines are missing"),
                };
                return Some(
                    format!("{missing} here: the reader of this output was too slow\n").into(),
                );
            }
            if queue.is_closed {
                return None;
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.lock().is_closed = true;
        self.0.changed.notify_all();
    }
}

impl fmt::Debug for DroppingWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DroppingWriter").finish_non_exhaustive()
    }
}

fn escaped(data: &[u8]) -> Vec<u8> {
    let mut text = String::with_capacity(data.len());
    for character in String::from_utf8_lossy(data).chars() {
        if character.is_control() && !matches!(character, '\n' | '\t') {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// A writer that waits for a permission before each write.
    struct Slow {
        permissions: mpsc::Receiver<()>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Slow {
        fn write(&mut self, data: &[u8]) -> io::Result<usize> {
            let _ = self.permissions.recv();
            self.written.lock().unwrap().extend_from_slice(data);
            Ok(data.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_slow_reader_loses_lines_but_delays_no_write() {
        let (allow, permissions) = mpsc::channel();
        let written = Arc::default();
        let mut writer = DroppingWriter::new(Slow { permissions, written: Arc::clone(&written) });
        let line = [vec![b'x'; 99_999], b"\n".to_vec()].concat();
        for _ in 0..30 {
            writer.write_all(&line).unwrap();
        }
        assert!(!writer.wait_until_written(Duration::from_millis(10)));
        writer.with_precedence().write_all(b"important\n").unwrap();
        drop(allow);
        assert!(writer.wait_until_written(LONG));
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        let kept = text.lines().filter(|line| line.starts_with('x')).count();
        assert!((10..=12).contains(&kept), "{kept}");
        let missing = format!(
            "{} lines are missing here: the reader of this output was too slow\n",
            30 - kept
        );
        assert!(text.ends_with(&format!("important\n{missing}")), "{}", &text[text.len() - 100..]);
    }

    #[test]
    fn control_characters_are_escaped_on_request() {
        let (allow, permissions) = mpsc::channel();
        drop(allow);
        let written = Arc::default();
        let writer = DroppingWriter::new(Slow { permissions, written: Arc::clone(&written) });
        let text = "a\x1b[2J\tb\u{9b}é\x07\n";
        writer.clone().write_all(text.as_bytes()).unwrap();
        writer.escaping_controls().write_all(text.as_bytes()).unwrap();
        assert!(writer.wait_until_written(LONG));
        let found = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        assert_eq!(found, format!("{text}a\\u{{1b}}[2J\tb\\u{{9b}}é\\u{{7}}\n"));
    }
}
