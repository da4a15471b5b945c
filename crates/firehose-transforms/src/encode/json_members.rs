use std::io::Write;

use json_scanner::push_on_one_line;

/// A writer of the members of a JSON object.
pub(super) struct JsonMembers<'a> {
    out: &'a mut Vec<u8>,
    is_empty: bool,
}

impl<'a> JsonMembers<'a> {
    /// Begins an object.
    pub(super) fn begin(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, is_empty: true }
    }

    pub(super) fn end(self) {
        self.out.push(b'}');
    }

    pub(super) fn is_empty(&self) -> bool {
        self.is_empty
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.key(name);
        write_text(self.out, text);
    }

    /// Writes a value that is JSON, on one line.
    pub(super) fn json(&mut self, name: &str, json: &str) {
        self.key(name);
        push_on_one_line(self.out, json.as_bytes());
    }

    /// Writes the key of a member, and returns the buffer for its value.
    pub(super) fn key(&mut self, name: &str) -> &mut Vec<u8> {
        if !self.is_empty {
            self.out.push(b',');
        }
        self.is_empty = false;
        write_text(self.out, name);
        self.out.push(b':');
        self.out
    }
}

/// Writes a text as a JSON string.
pub(super) fn write_text(out: &mut Vec<u8>, text: &str) {
    // Writing a text to a vector cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// Writes a number of nanoseconds as a number of seconds, with up to nine decimals.
pub(super) fn write_seconds(out: &mut Vec<u8>, nanoseconds: i128) {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let (seconds, fraction) =
        (nanoseconds.unsigned_abs() / 1_000_000_000, nanoseconds.unsigned_abs() % 1_000_000_000);
    // Writing to a vector cannot fail.
    let _ = write!(out, "{sign}{seconds}");
    if fraction > 0 {
        let _ = write!(out, ".{}", format!("{fraction:09}").trim_end_matches('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::write_seconds;

    #[test]
    fn seconds_have_the_decimals_of_the_time() {
        for (nanoseconds, expected) in [
            (0, "0"),
            (1_500_000_000, "1.5"),
            (1_769_817_600_123_000_000, "1769817600.123"),
            (1, "0.000000001"),
            (-500_000_000, "-0.5"),
        ] {
            let mut out = Vec::new();
            write_seconds(&mut out, nanoseconds);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
