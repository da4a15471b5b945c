use std::str;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::error::CsvError;

/// A reader of the rows of a text, one by one.
pub(super) struct RowReader {
    reader: Reader,
    /// The fields of the row without quotes, joined. The buffer may be longer than the fields.
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
    /// Keeps at most `max_fields` fields. A row with more fields is an error.
    pub(super) fn read(&mut self, data: &[u8], max_fields: usize) -> Row<'_> {
        let (mut read, mut written, mut count) = (0, 0, 0);
        let mut has_too_many = false;
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
        let fields = match str::from_utf8(&self.output[..written]) {
            _ if !is_closed => Err(CsvError::OpenQuote),
            _ if has_too_many => Err(CsvError::UnevenRow { fields: None, expected: max_fields }),
            Ok(text) => Ok(Fields { text, ends: &self.ends[..count] }),
            Err(_) => Err(CsvError::NotUtf8),
        };
        Row { length: read, fields }
    }
}
