use std::fmt::Write;

use bytes::Bytes;

use super::{
    payload_lines::payload_lines,
    result_format::ResultFormat,
    trial_counts::TrialCounts,
    tried_record::{TriedOutcome, TriedRecord},
};
use crate::terminal::{Color, Style, counted, escaped};

/// The maximum length of a shown cause, and of all shown partition keys together, in characters.
const MAX_CHARS: usize = 1000;

/// The results as readable text.
#[derive(Debug)]
pub(super) struct TextFormat {
    pub(super) style: Style,
    pub(super) is_full: bool,
}

impl TextFormat {
    /// Writes lines with a label before the first line. All lines have the same indentation.
    fn write(&self, text: &mut String, label: &str, color: Color, lines: &[String]) {
        for (index, line) in lines.iter().enumerate() {
            let label = format!("{:<8}", if index == 0 { label } else { "" });
            let label = self.style.paint(color, &label);
            // Writing to memory does not fail.
            let _ = writeln!(text, "  {label}{}", self.style.paint(color, line));
        }
    }

    fn write_payload(&self, text: &mut String, label: &str, color: Color, payload: &Bytes) {
        self.write(text, label, color, &payload_lines(payload, self.is_full));
    }
}

impl ResultFormat for TextFormat {
    fn record(&mut self, record: &TriedRecord) -> String {
        let mut text = format!("record {}", record.position);
        if let Some(number) = record.user_record {
            let _ = write!(text, ", user record {number}");
        }
        text.push('\n');
        if !matches!(record.outcome, TriedOutcome::Refused { .. }) {
            self.write_payload(&mut text, "before", Color::Dim, &record.before);
        }
        match &record.outcome {
            TriedOutcome::Ok { after, partition_keys } => {
                self.write_payload(&mut text, "after", Color::Green, after);
                let keys = partition_keys.iter();
                let keys: Vec<_> = keys.map(|(key, value)| format!("{key}={value}")).collect();
                if !keys.is_empty() {
                    let keys = escaped(&keys.join(" "), MAX_CHARS);
                    self.write(&mut text, "keys", Color::Green, &[keys]);
                }
            }
            TriedOutcome::Dropped => {
                self.write(&mut text, "dropped", Color::Yellow, &[String::new()]);
            }
            TriedOutcome::Failed { cause } | TriedOutcome::FunctionFailed { cause } => {
                self.write(&mut text, "failed", Color::Red, &[escaped(cause, MAX_CHARS)]);
            }
            TriedOutcome::Refused { reason } => {
                self.write(&mut text, "refused", Color::Red, &[escaped(reason, MAX_CHARS)]);
            }
        }
        for item in &record.first_failed_items {
            let label = format!("item {} ", item.number);
            let cause = format!("failed: {}", escaped(&item.cause, MAX_CHARS));
            self.write(&mut text, &label, Color::Yellow, &[cause]);
        }
        let more = record.items_failed - record.first_failed_items.len() as u64;
        if more > 0 {
            let more = format!("... and {} failed", counted(more, "more item"));
            self.write(&mut text, "", Color::Yellow, &[more]);
        }
        // `dropped` has no text after its label.
        text.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
    }

    fn end(&self, counts: &TrialCounts) -> String {
        let TrialCounts { ok, dropped, failed, failed_items, refused, .. } = counts;
        let records = counted(counts.records(), "record");
        let mut text =
            format!("{records} in = {ok} transformed + {dropped} dropped + {failed} failed");
        for (count, noun, end) in
            [(*failed_items, "item", "failed"), (*refused, "record", "refused")]
        {
            if count > 0 {
                let _ = write!(text, "; {} {end}", counted(count, noun));
            }
        }
        text.push('\n');
        let separator = if counts.records() + refused > 0 { "\n" } else { "" };
        format!("{separator}{text}")
    }
}

#[cfg(test)]
mod tests {
    use firehose_runtime::FailedItem;

    use super::*;

    fn shown(style: Style, outcome: TriedOutcome) -> String {
        let record = TriedRecord {
            position: 7,
            user_record: Some(2),
            before: Bytes::from_static(b"\x1b[2J"),
            outcome,
            items_failed: 3,
            first_failed_items: Vec::<FailedItem>::new(),
        };
        TextFormat { style, is_full: false }.record(&record)
    }

    #[test]
    fn colors_are_the_only_control_sequences() {
        let after = Bytes::from_static(b"{}\n");
        let partition_keys = [("tenant".to_owned(), "a\u{1b}[2J".to_owned())].into();
        let outcome = TriedOutcome::Ok { after, partition_keys };
        insta::assert_snapshot!(shown(Style::PLAIN, outcome), @r"
        record 7, user record 2
          before  \u{1b}[2J
          after   {}
          keys    tenant=a\u{1b}[2J
                  ... and 3 more items failed
        ");
        let colored = shown(Style::COLORED, TriedOutcome::Failed { cause: "no unit".to_owned() });
        assert!(colored.contains("\u{1b}[31mno unit\u{1b}[0m\n"), "{colored:?}");
        assert!(!colored.contains("\u{1b}[2J"), "{colored:?}");
    }
}
