use std::{
    collections::VecDeque,
    io::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::error::StartError;

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

    /// Returns the last lines, without those that repeat the error: a runtime logs the error of the
    /// initialization that it reports, and the caller shows this error.
    pub(crate) fn lines_besides(&self, error: &StartError) -> Vec<String> {
        let mut lines = self.lines();
        if let StartError::Init { message, .. } = error {
            lines.retain(|line| !repeats(line, message));
        }
        lines
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns `true` if a line of a log has the start of an error message, as text or in JSON.
fn repeats(line: &str, message: &str) -> bool {
    const CHARACTERS: usize = 60;
    let first = message.lines().next().unwrap_or_default();
    // The causes are not part of the message in the log.
    let own = first.split(" (caused by ").next().unwrap_or_default();
    let start: String = own.chars().take(CHARACTERS).collect();
    let json = serde_json::to_string(&start).unwrap_or_default();
    !start.is_empty() && (line.contains(&start) || line.contains(json.trim_matches('"')))
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
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_logged_error_of_the_initialization_is_left_out() {
        let mut tail = LogTail::default();
        let json = r#"{"level":"ERROR","errorMessage":"no \"setup\"","stackTrace":[]}"#;
        write!(tail, "loading\n{json}\nRuntimeError: no \"setup\"\nending\n").unwrap();
        let error = |message: &str| StartError::Init {
            error_type: "RuntimeError".to_owned(),
            message: message.to_owned(),
            place: None,
            advice: None,
        };
        let caused = error("no \"setup\" (caused by KeyError: 'x')");
        assert_eq!(tail.lines_besides(&caused), ["loading", "ending"]);
        assert_eq!(tail.lines_besides(&error("")).len(), 4);
        assert_eq!(tail.lines_besides(&StartError::TimedOut(Duration::ZERO)).len(), 4);
    }

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
