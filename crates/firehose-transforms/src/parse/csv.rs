//! Rows of CSV, as RFC 4180 defines them: <https://www.rfc-editor.org/rfc/rfc4180>.

use std::{
    str,
    sync::{Arc, Mutex, PoisonError},
};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use firehose_core::Timestamp;

use crate::parse::{
    format_error::InvalidFormat,
    format_options::OptionReader,
    line_parser::LineParser,
    object_writer::{ObjectWriter, escaped_name},
    parse_error::ParseError,
    parsed::Parsed,
};

pub(crate) fn build(options: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    let fields = options.fields()?.ok_or_else(|| options.missing("fields"))?;
    let mut reader = ReaderBuilder::new().delimiter(options.delimiter()?).build();
    let names = match fields.as_slice() {
        [header] => read_header(&mut reader, header)
            .ok_or_else(|| options.invalid("fields", "the header is not a row of CSV"))?,
        names => names.to_vec(),
    };
    for (number, name) in names.iter().enumerate() {
        if names[..number].contains(name) {
            return Err(options.invalid("fields", format!("the field `{name}` is listed twice")));
        }
    }
    let escaped = names.iter().map(|name| escaped_name(name)).collect();
    Ok(Arc::new(Csv { reader: Mutex::new(reader), names, escaped }))
}

#[derive(Debug)]
struct Csv {
    /// The reader, shared by all rows because building a reader takes longer than reading a row. A clone
    /// of a reader does not work in version 0.1.13 of the crate `csv_core`.
    reader: Mutex<Reader>,
    names: Vec<String>,
    /// The names with JSON escapes.
    escaped: Vec<String>,
}

impl LineParser for Csv {
    fn parse(
        &self,
        line: &str,
        _: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError> {
        let expected = self.names.len();
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let row = Row::read(&mut reader, line, expected + 1)?;
        drop(reader);
        let count = row.ends.len();
        if count != expected {
            let problem = match count > expected {
                true => format!("the row has more than {expected} fields"),
                false => format!("the row has {count} of {expected} fields"),
            };
            return Err(ParseError::new(problem));
        }
        if self.names.iter().map(String::as_str).eq(row.fields()) {
            return Ok(Parsed::Header);
        }
        for (name, field) in self.escaped.iter().zip(row.fields()) {
            object.text(name, field);
        }
        Ok(Parsed::Object)
    }
}

fn read_header(reader: &mut Reader, header: &str) -> Option<Vec<String>> {
    let row = Row::read(reader, header, header.len() + 1).ok()?;
    Some(row.fields().map(str::to_owned).collect())
}

/// A row without its quotes: the concatenated fields, and the end of each field.
struct Row {
    text: String,
    ends: Vec<usize>,
}

impl Row {
    /// Reads a row. Ignores fields after the first `max_fields`.
    fn read(reader: &mut Reader, line: &str, max_fields: usize) -> Result<Self, ParseError> {
        reader.reset();
        let (mut output, mut ends) = (vec![0; line.len() + 1], vec![0; max_fields]);
        let (mut read, mut written, mut count) = (0, 0, 0);
        loop {
            // An empty input means that the row is complete.
            let (result, bytes_in, bytes_out, fields) = reader.read_record(
                &line.as_bytes()[read..],
                &mut output[written..],
                &mut ends[count..],
            );
            read += bytes_in;
            written += bytes_out;
            count += fields;
            match result {
                ReadRecordResult::Record => break,
                ReadRecordResult::InputEmpty if count < max_fields => {}
                ReadRecordResult::InputEmpty | ReadRecordResult::OutputEndsFull => {
                    break;
                }
                ReadRecordResult::OutputFull => {
                    // The fields of a row are never longer than the row.
                    return Err(ParseError::at(read, "the row is too long"));
                }
                ReadRecordResult::End => return Err(ParseError::at(0, "the row is empty")),
            }
        }
        if count < max_fields && read < line.len() {
            return Err(ParseError::at(
                read,
                "unexpected second row; split the record into rows first",
            ));
        }
        output.truncate(written);
        ends.truncate(count);
        let text = String::from_utf8(output).map_err(|error| {
            ParseError::at(error.utf8_error().valid_up_to(), "a delimiter inside a character")
        })?;
        Ok(Self { text, ends })
    }

    fn fields(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            // Fields end at ASCII characters only, so the range is always valid.
            let field = self.text.get(start..end).unwrap_or_default();
            start = end;
            field
        })
    }
}
