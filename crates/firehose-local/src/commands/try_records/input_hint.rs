use std::str;

use super::tried_record::{TriedOutcome, TriedRecord};

/// Signs, in the records of a trial, that an option for the input is missing.
#[derive(Debug, Default)]
pub(super) struct InputHint {
    /// `true` if the first record is the start of a Firehose event, or of other JSON over several
    /// lines.
    begins_event: bool,
    records: u64,
    /// The number of text records that `input: cloudwatch_logs` rejects.
    not_log_data: u64,
    /// The number of records in gzip that the pipeline reads as text or JSON.
    not_unpacked: u64,
}

/// The first bytes of data in gzip.
const GZIP: &[u8] = b"\x1f\x8b";

impl InputHint {
    /// Inspects the next record.
    pub(super) fn see(&mut self, record: &TriedRecord) {
        self.records += 1;
        let text = str::from_utf8(&record.before).unwrap_or_default().trim();
        if record.position == 1 {
            self.begins_event = text == "{"
                || (text.starts_with("{\"invocationId\"") && text.contains("\"records\""));
        }
        // `text` is empty for compressed data. A rejected text is probably a bare log line.
        if let TriedOutcome::Failed { cause } = &record.outcome
            && cause.starts_with("not CloudWatch Logs data")
            && !text.is_empty()
        {
            self.not_log_data += 1;
        }
        if let TriedOutcome::Failed { cause } = &record.outcome
            && cause.starts_with("expected UTF-8")
            && record.before.starts_with(GZIP)
        {
            self.not_unpacked += 1;
        }
    }

    /// Returns the hint, if an option is probably missing.
    pub(super) fn text(&self) -> Option<&'static str> {
        if self.begins_event {
            return Some(
                "hint: each line is a record here, and the first line begins a Firehose event or \
                 other JSON over several lines; --format events reads the records of events",
            );
        }
        if self.records > 0 && self.not_unpacked == self.records {
            return Some(
                "hint: the records are in gzip, as CloudWatch Logs sends them; use --pipeline with a \
                 file that has `input: cloudwatch_logs`, or for other data `decompress: gzip`",
            );
        }
        (self.records > 0 && self.not_log_data == self.records).then_some(
            "hint: the pipeline reads data of CloudWatch Logs, and each line is a record here; \
             --cloudwatch-logs packs the lines as a subscription of CloudWatch Logs does",
        )
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn hint(records: &[(&'static str, &str)]) -> Option<&'static str> {
        let mut hint = InputHint::default();
        for (position, (before, cause)) in (1..).zip(records) {
            let cause = (*cause).to_owned();
            let record = TriedRecord {
                before: Bytes::from_static(before.as_bytes()),
                outcome: TriedOutcome::Failed { cause },
                ..TriedRecord::refused(position, String::new())
            };
            hint.see(&record);
        }
        hint.text()
    }

    #[test]
    fn an_event_and_bare_log_lines_have_a_hint() {
        let cause = "not CloudWatch Logs data: expected an object";
        assert_eq!(hint(&[]), None);
        assert_eq!(hint(&[("{\"a\":1}", "no unit")]), None);
        assert_eq!(hint(&[("START", cause), ("{}", "no unit")]), None);
        assert!(hint(&[("START", cause)]).unwrap().contains("--cloudwatch-logs"));
        let event = "{\"invocationId\":\"1\",\"records\":[]}";
        for first in ["{", event] {
            assert!(hint(&[(first, cause)]).unwrap().contains("--format events"), "{first}");
        }
    }
}
