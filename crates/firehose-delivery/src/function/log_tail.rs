use std::{
    collections::VecDeque,
    io::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The last bytes of a function's log, which may explain an error.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogTail(Arc<Mutex<VecDeque<u8>>>);

impl LogTail {
    const MAX_BYTES: usize = 4 * 1024;
    const MAX_LINES: usize = 10;

    /// Returns the last lines: at most ten, with at most 4 KiB in total.
    pub(crate) fn lines(&self) -> Vec<String> {
        let kept = self.kept();
        let text = kept.iter().copied().collect::<Vec<_>>();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let first = lines.len().saturating_sub(Self::MAX_LINES);
        lines[first..].iter().map(|line| (*line).to_owned()).collect()
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for LogTail {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let mut kept = self.kept();
        let last = &data[data.len().saturating_sub(Self::MAX_BYTES)..];
        let too_many = (kept.len() + last.len()).saturating_sub(Self::MAX_BYTES);
        kept.drain(..too_many);
        kept.extend(last);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_lines_of_an_endless_log() {
        let mut tail = LogTail::default();
        for number in 0..10_000 {
            writeln!(tail, "line {number}").unwrap();
        }
        assert_eq!(tail.lines().first().map(String::as_str), Some("line 9990"));
        assert_eq!(tail.lines().len(), 10);
        tail.write_all(&[b'x'; 100_000]).unwrap();
        assert_eq!(tail.lines(), ["x".repeat(LogTail::MAX_BYTES)]);
    }
}
