use std::str;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::error::CsvError;

/// A reader of the rows of a text, one by one.
pub(super) struct RowReader {
    reader: Reader,
    /// The fields of the row one after the other, without quotes.
    output: Vec<u8>,
    /// The end of each field in `output`. The buffer may have more elements than the row has fields.
    ends: Vec<usize>,
}

/// A row in the buffers of its reader.
pub(super) struct Row<'a> {
    /// The length in the text, including the line break.
    pub(super) length: usize,
    pub(super) fields: Result<Fields<'a>, CsvError>,
}

/// The fields of a row.
pub(super) struct Fields<'a> {
    text: &'a str,
    ends: &'a [usize],
}

impl Fields<'_> {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            // A field ends before an ASCII character, so its end is a boundary of characters.
            let field = self.text.get(start..end).unwrap_or_default();
            start = end;
            field
        })
    }
}

impl RowReader {
    pub(super) fn new(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self { reader, output: vec![0; 1024], ends: vec![0; 16] }
    }

    /// Reads the row at the start of `data`, which begins with a byte of a row.
    ///
    /// Keeps at most `max_fields` fields and, together, about `max_bytes` bytes of them. A row with more
    /// fields is uneven. Any other row with more bytes is too long.
    pub(super) fn read(&mut self, data: &[u8], max_fields: usize, max_bytes: usize) -> Row<'_> {
        let (mut read, mut written, mut count) = (0, 0, 0);
        let (mut has_too_many, mut is_too_long) = (false, false);
        let is_closed = loop {
            if written == self.output.len() {
                self.output.resize(2 * written, 0);
            }
            if count == self.ends.len() {
                self.ends.resize(2 * count, 0);
            }
            // An empty input would end the row even inside quotes. A line break ends only a row whose
            // quotes are closed.
            let rest = data.get(read..).filter(|rest| !rest.is_empty());
            let (result, bytes_in, bytes_out, fields) = self.reader.read_record(
                rest.unwrap_or(b"\n"),
                &mut self.output[written..],
                &mut self.ends[count..],
            );
            read += if rest.is_some() { bytes_in } else { 0 };
            written += bytes_out;
            count += fields;
            if count > max_fields {
                has_too_many = true;
                count = 0;
            }
            is_too_long |= written > max_bytes;
            if has_too_many || is_too_long {
                // The row is an error, so its fields are not needed.
                written = 0;
            }
            match result {
                ReadRecordResult::Record => break true,
                ReadRecordResult::InputEmpty | ReadRecordResult::End if rest.is_none() => {
                    break false;
                }
                ReadRecordResult::InputEmpty
                | ReadRecordResult::End
                | ReadRecordResult::OutputFull
                | ReadRecordResult::OutputEndsFull => {}
            }
        };
        // The characters of CSV are ASCII, so a row is UTF-8 if its fields are.
        let is_utf8 = || str::from_utf8(&data[..read]).is_ok();
        let uneven = |fields| CsvError::UnevenRow { fields, expected: max_fields };
        let fields = match str::from_utf8(&self.output[..written]) {
            _ if !is_closed => Err(CsvError::OpenQuote),
            _ if has_too_many => Err(uneven(None)),
            _ if is_too_long && !is_utf8() => Err(CsvError::NotUtf8),
            _ if is_too_long && count < max_fields => Err(uneven(Some(count))),
            _ if is_too_long => Err(CsvError::TooLong(max_bytes)),
            Ok(text) => Ok(Fields { text, ends: &self.ends[..count] }),
            Err(_) => Err(CsvError::NotUtf8),
        };
        Row { length: read, fields }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_refused_takes_little_memory() {
        let long = "x".repeat(1_000_000);
        for (row, max_fields, expected) in [
            (",".repeat(1_000_000), 2, CsvError::UnevenRow { fields: None, expected: 2 }),
            (format!("1,2,3,{long}"), 2, CsvError::UnevenRow { fields: None, expected: 2 }),
            (format!("{long},1,2"), 2, CsvError::UnevenRow { fields: None, expected: 2 }),
            (long.clone(), 2, CsvError::UnevenRow { fields: Some(1), expected: 2 }),
            (format!("\"{long}\"\"\",2"), 2, CsvError::TooLong(2000)),
            (format!("1,\"{long}"), 2, CsvError::OpenQuote),
        ] {
            let mut reader = RowReader::new(b',');
            let read = reader.read(row.as_bytes(), max_fields, 2000);
            assert_eq!(read.fields.err().as_ref(), Some(&expected));
            assert_eq!(read.length, row.len());
            assert!(reader.output.len() + reader.ends.len() <= 8192, "{}", reader.output.len());
            if expected == CsvError::OpenQuote {
                // No row follows.
                continue;
            }
            let next = reader.read(b"7,\xc3\xa9\n", max_fields, 2000).fields;
            assert!(next.is_ok_and(|fields| fields.iter().eq(["7", "é"])));
        }
        let bytes = [b"1,", [0xff; 5000].as_slice()].concat();
        let error = RowReader::new(b',').read(&bytes, 2, 2000).fields.err();
        assert_eq!(error, Some(CsvError::NotUtf8));
    }
}
