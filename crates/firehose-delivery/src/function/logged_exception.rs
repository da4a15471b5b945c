use memchr::memmem;
use serde_json::{Map, Value};

/// The exceptions that a function logs, without the records that they concern.
///
/// The log of a function in Python or Node.js has JSON lines with `errorType` and `errorMessage`, or
/// tracebacks as text, which take several lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ExceptionReader {
    /// `true` inside the text of a traceback of Python.
    is_in_traceback: bool,
}

impl ExceptionReader {
    /// Reads a line of the log. Returns the type and the message of an exception if the line ends
    /// one.
    pub(super) fn read(&mut self, line: &[u8]) -> Option<String> {
        if line.first() == Some(&b'{') {
            // Parsing takes much longer than a search.
            return memmem::find(line, b"errorType").and_then(|_| of_json(line));
        }
        let text = line.trim_ascii_end();
        if text == b"Traceback (most recent call last):" {
            self.is_in_traceback = true;
            return None;
        }
        if !self.is_in_traceback || line.first().is_none_or(u8::is_ascii_whitespace) {
            return None;
        }
        self.is_in_traceback = false;
        Some(String::from_utf8_lossy(text).into_owned())
    }
}

/// Returns the exception in a JSON line. Returns `None` for a line that names a record, because the
/// line counts as the failure of this record.
fn of_json(line: &[u8]) -> Option<String> {
    let line: Map<String, Value> = serde_json::from_slice(line).ok()?;
    let logged = line.get("message").and_then(Value::as_object).unwrap_or(&line);
    let text = |name: &str| logged.get(name)?.as_str();
    let names_record = ["record_id", "recordId"].iter().any(|it| logged.contains_key(*it));
    match (text("errorType")?, text("errorMessage")?) {
        _ if names_record => None,
        (kind, "") => Some(kind.to_owned()),
        (kind, message) => Some(format!("{kind}: {message}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exceptions(log: &str) -> Vec<String> {
        let mut reader = ExceptionReader::default();
        log.split_inclusive('\n').filter_map(|line| reader.read(line.as_bytes())).collect()
    }

    #[test]
    fn the_last_line_of_a_traceback_is_the_exception() {
        let log = "before
Traceback (most recent call last):
  File \"/code/app.py\", line 3, in inner
    raise KeyError(\"unit\")
KeyError: 'unit'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File \"/code/app.py\", line 9, in handler
ValueError: no unit
after
KeyError: 'not in a traceback'
";
        assert_eq!(exceptions(log), ["KeyError: 'unit'", "ValueError: no unit"]);
    }

    #[test]
    fn a_json_line_has_the_exception() {
        let log = r#"{"level":"ERROR","message":"record 2 failed","errorType":"KeyError","errorMessage":"'unit'"}
{"level":"ERROR","message":{"errorType":"TypeError","errorMessage":"no unit","stackTrace":[]}}
{"errorType":"Error","errorMessage":""}
{"errorType":"Error","errorMessage":"x","record_id":"7","cause":"no unit"}
{"errorType":"Error"}
{"level":"INFO"}
{
"#;
        assert_eq!(exceptions(log), ["KeyError: 'unit'", "TypeError: no unit", "Error"]);
    }
}
