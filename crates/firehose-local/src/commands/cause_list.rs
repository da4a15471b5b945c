use std::fmt::Write;

use crate::terminal::escaped;
use firehose_delivery::function::CauseCounts;

/// The number of causes that are shown. A last line counts the failures with other causes.
const SHOWN: usize = 10;

/// The number of characters of a cause that are shown.
const SHOWN_CHARACTERS: usize = 200;

/// Writes the number and the causes of failed items of records that did not fail. Writes nothing if
/// no item failed.
pub(super) fn write_failed_items(text: &mut String, items: &CauseCounts) {
    if items.total() > 0 {
        // Writing to memory does not fail.
        let total = items.total();
        let _ = writeln!(text, "  items that failed in records that did not fail: {total}");
        write_causes(text, items);
    }
}

/// Writes the exceptions in the log of the function, which name no record. Writes nothing without
/// exceptions.
pub(super) fn write_exceptions(text: &mut String, exceptions: &CauseCounts) {
    if exceptions.total() > 0 {
        text.push_str("    exceptions in the log of the function, without the ids of records:\n");
        write_causes(text, exceptions);
    }
}

/// Writes the causes of failures, one per line, the most frequent first. Escapes control
/// characters, because the function wrote the causes.
pub(super) fn write_causes(text: &mut String, causes: &CauseCounts) {
    let by_frequency = causes.by_frequency();
    let (first, more) = by_frequency.split_at(by_frequency.len().min(SHOWN));
    for (cause, count) in first {
        // Writing to memory does not fail.
        let _ = writeln!(text, "    {count} x {}", escaped(cause, SHOWN_CHARACTERS));
    }
    let others = more.iter().map(|(_, count)| count).sum::<u64>() + causes.others();
    if others > 0 {
        let _ = writeln!(text, "    {others} x other causes");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the lines for this number of causes. The cause with number n has n records.
    fn lines(causes: u64) -> Vec<String> {
        let mut counts = CauseCounts::default();
        for number in 1..=causes {
            // Causes that differ only in digits are of one kind, so letters stand for the digits.
            let digits = number.to_string();
            let name: String = digits.bytes().map(|it| char::from(it - b'0' + b'a')).collect();
            counts.count(&format!("cause {name}\u{1b}"), number);
        }
        let mut text = String::new();
        write_causes(&mut text, &counts);
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn every_record_is_in_a_line() {
        assert_eq!(lines(0), [""; 0]);
        assert_eq!(lines(2), [r"    2 x cause c\u{1b}", r"    1 x cause b\u{1b}"]);
        assert_eq!(lines(10).last().unwrap(), r"    1 x cause b\u{1b}");
        // The list shows ten causes, and CauseCounts keeps a hundred.
        for causes in [12, 200] {
            let lines = lines(causes);
            let counts = lines.iter().map(|it| it.trim().split(' ').next().unwrap());
            let sum: u64 = counts.map(|count| count.parse::<u64>().unwrap()).sum();
            assert_eq!((lines.len(), sum), (11, causes * (causes + 1) / 2));
            assert!(lines[10].ends_with(" x other causes"), "{lines:?}");
        }
    }
}
