use std::io::{self, Write};

use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

/// A formatter that indents JSON, but writes a list in a list, such as a range of positions, in one
/// line.
#[derive(Debug, Default)]
pub(super) struct SummaryFormatter {
    pretty: PrettyFormatter<'static>,
    /// For each open object or list, `true` if it is a list.
    open: Vec<bool>,
    /// The number of open objects and lists in the current line.
    in_line: usize,
}

impl SummaryFormatter {
    /// Opens an object or a list.
    fn open(&mut self, is_list: bool) {
        let is_in_list = is_list && self.open.last() == Some(&true);
        self.in_line += usize::from(self.in_line > 0 || is_in_list);
        self.open.push(is_list);
    }

    /// Closes an object or a list. Returns `true` if it is in one line.
    fn close(&mut self) -> bool {
        self.open.pop();
        let is_in_line = self.in_line > 0;
        self.in_line = self.in_line.saturating_sub(1);
        is_in_line
    }
}

impl Formatter for SummaryFormatter {
    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(true);
        match self.in_line {
            0 => self.pretty.begin_array(writer),
            _ => CompactFormatter.begin_array(writer),
        }
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        match self.close() {
            false => self.pretty.end_array(writer),
            true => CompactFormatter.end_array(writer),
        }
    }

    fn begin_array_value<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        match self.in_line {
            0 => self.pretty.begin_array_value(writer, first),
            _ => writer.write_all(if first { b"" } else { b", " }),
        }
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        match self.in_line {
            0 => self.pretty.end_array_value(writer),
            _ => Ok(()),
        }
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(false);
        match self.in_line {
            0 => self.pretty.begin_object(writer),
            _ => CompactFormatter.begin_object(writer),
        }
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        match self.close() {
            false => self.pretty.end_object(writer),
            true => CompactFormatter.end_object(writer),
        }
    }

    fn begin_object_key<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        match self.in_line {
            0 => self.pretty.begin_object_key(writer, first),
            _ => writer.write_all(if first { b"" } else { b", " }),
        }
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(writer)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        match self.in_line {
            0 => self.pretty.end_object_value(writer),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::{Serializer, Value, json};

    use super::*;

    fn formatted(value: &Value) -> String {
        let mut text = Vec::new();
        let formatter = SummaryFormatter::default();
        value.serialize(&mut Serializer::with_formatter(&mut text, formatter)).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_range_is_a_line() {
        let value = json!({"a": [[1, 3], [9, null]], "b": [], "c": [{"d": 1}, {}], "e": [[]]});
        let text = formatted(&value);
        insta::assert_snapshot!(text, @r#"
        {
          "a": [
            [1, 3],
            [9, null]
          ],
          "b": [],
          "c": [
            {
              "d": 1
            },
            {}
          ],
          "e": [
            []
          ]
        }
        "#);
    }

    #[test]
    fn values_without_lists_in_lists_are_indented_as_usual() {
        let value = json!({"a": {"b": [1, "x", {"c": [2]}]}, "d": {}, "e": 1.5});
        assert_eq!(formatted(&value), format!("{value:#}"));
        let nested = json!([[{"a": [1, {"b": 2}]}, [3]]]);
        let text = formatted(&nested);
        assert_eq!(text, "[\n  [{\"a\": [1, {\"b\": 2}]}, [3]]\n]");
    }
}
