use super::splitter::{Items, Split};
use crate::{outcome::BoxError, record::Record};

/// Splits a record into lines.
///
/// A line ends with a newline, with a carriage return and a newline, or with the record. Lines
/// without any text are left out. The bytes may have any encoding that is based on ASCII.
///
/// ```
/// use firehose_core::{Lines, Record, Split};
///
/// let items = Lines.split(Record::new("1", "first\r\n\n second \n"));
/// let items: Vec<_> = items.map(|it| it.unwrap().into_data()).collect();
/// assert_eq!(items, ["first", " second "]);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Lines;

impl Split for Lines {
    fn split(&self, record: Record) -> Items {
        Box::new(LineItems { record, at: 0, is_blank: <[u8]>::is_empty })
    }
}

/// Splits a record into lines that have one JSON value each.
///
/// Like [`Lines`], but also leaves out lines of white space. The splitter does not parse the
/// values. So a line that is not JSON is an item too, and only the transform of this item fails.
/// See also [`JsonValues`](crate::JsonValues), where a value may have line breaks.
///
/// ```
/// use firehose_core::{JsonLines, Record, Split};
///
/// let items = JsonLines.split(Record::new("1", "{\"a\": 1}\n \n{\"a\": 2}"));
/// let items: Vec<_> = items.map(|it| it.unwrap().into_data()).collect();
/// assert_eq!(items, ["{\"a\": 1}", "{\"a\": 2}"]);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonLines;

impl Split for JsonLines {
    fn split(&self, record: Record) -> Items {
        let is_blank = |line: &[u8]| line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
        Box::new(LineItems { record, at: 0, is_blank })
    }
}

/// The lines of a record that are not blank.
struct LineItems {
    record: Record,
    /// The offset of the next line.
    at: usize,
    is_blank: fn(&[u8]) -> bool,
}

impl Iterator for LineItems {
    type Item = Result<Record, BoxError>;

    fn next(&mut self) -> Option<Self::Item> {
        let data = self.record.data();
        loop {
            let rest = data.get(self.at..).filter(|rest| !rest.is_empty())?;
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = &rest[..end];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            self.at += end + 1;
            if !(self.is_blank)(line) {
                return Some(Ok(self.record.clone().with_data(data.slice_ref(line))));
            }
        }
    }
}
