use bytes::Bytes;
use csv_core::{Writer, WriterBuilder};
use firehose_core::Timestamp;

use super::{
    encoder::{Encode, transform_encoded},
    error::{EncodeError, InvalidEncoder},
    field_reader::FieldReader,
    field_value::FieldValue,
};
use crate::csv::error::{InvalidCsvOption, delimiter_byte};

/// An encoder of items as rows of CSV.
///
/// ```
/// use firehose_core::{JsonLines, Record, Transform};
/// use firehose_transforms::encode::{CsvEncoder, for_each_encoded};
///
/// let csv = CsvEncoder::new([("id", ".id".parse()?), ("note", ".text.note".parse()?)])?;
/// let transform = for_each_encoded(JsonLines, csv.with_header());
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let record = Record::new("record-1", r#"{"id": 7, "text": {"note": "say \"hi\""}}"#);
/// let outcome = transform.transform(record).await?;
/// assert_eq!(outcome.output().unwrap().data(), "id,note\n7,\"say \"\"hi\"\"\"\n");
/// # Ok::<_, firehose_core::BoxError>(())
/// # }).unwrap();
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
///
/// The encoder writes a text without its JSON quotes and escapes, a number or boolean as it is
/// written, an array or object as JSON, and null as an empty field. It quotes a field that has a
/// delimiter, a quote or a line break, like the crate [`csv`](https://docs.rs/csv) and as in
/// [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180). A row ends with a newline.
#[derive(Clone, Debug)]
pub struct CsvEncoder {
    names: Vec<String>,
    fields: FieldReader,
    writer: Writer,
    has_header: bool,
}

impl CsvEncoder {
    /// Creates an encoder with these columns, each with a name for the header and a value.
    ///
    /// # Errors
    ///
    /// If there are no columns, or two have the same name.
    pub fn new<N: Into<String>>(
        columns: impl IntoIterator<Item = (N, FieldValue)>,
    ) -> Result<Self, InvalidEncoder> {
        let (mut names, mut fields) = (Vec::new(), FieldReader::default());
        for (name, value) in columns {
            let name = name.into();
            if fields.set(format!("column {name}"), value).is_some() {
                return Err(InvalidCsvOption::RepeatedName(name).into());
            }
            names.push(name);
        }
        if names.is_empty() {
            return Err(InvalidEncoder::new("name at least one column"));
        }
        Ok(Self { names, fields, writer: WriterBuilder::new().build(), has_header: false })
    }

    /// Sets the delimiter of the fields. Default: a comma.
    ///
    /// # Errors
    ///
    /// If the delimiter is not an ASCII character, or is a quote or a line break.
    pub fn with_delimiter(mut self, delimiter: char) -> Result<Self, InvalidEncoder> {
        self.writer = WriterBuilder::new().delimiter(delimiter_byte(delimiter)?).build();
        Ok(self)
    }

    /// Writes a row with the names of the columns before the rows of each record.
    ///
    /// Firehose joins the outputs of many records into one object, so that the object has a header
    /// for each record.
    #[must_use]
    pub fn with_header(mut self) -> Self {
        self.has_header = true;
        self
    }
}

impl Encode for CsvEncoder {
    fn encode(
        &self,
        item: &Bytes,
        _: Option<Timestamp>,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        let mut row = RowWriter { writer: self.writer.clone(), out, is_first: true };
        for field in self.fields.read(item)? {
            row.field(&field.text()?.unwrap_or_default());
        }
        row.end();
        Ok(())
    }

    fn start(&self) -> Bytes {
        let mut header = Vec::new();
        if self.has_header {
            let mut row =
                RowWriter { writer: self.writer.clone(), out: &mut header, is_first: true };
            self.names.iter().for_each(|name| row.field(name));
            row.end();
            header.push(b'\n');
        }
        header.into()
    }
}

transform_encoded!(CsvEncoder);

/// An upper limit of the bytes that one call adds, besides doubled quotes: two quotes, and a delimiter or
/// a newline.
const MAX_ADDED_BYTES: usize = 4;

struct RowWriter<'a> {
    writer: Writer,
    out: &'a mut Vec<u8>,
    is_first: bool,
}

impl RowWriter<'_> {
    fn field(&mut self, text: &str) {
        let is_first = std::mem::take(&mut self.is_first);
        // A quote doubles, so a field takes at most twice its length.
        self.write(2 * text.len() + MAX_ADDED_BYTES, |writer, out| {
            let delimiter = if is_first { 0 } else { writer.delimiter(out).1 };
            delimiter + writer.field(text.as_bytes(), &mut out[delimiter..]).2
        });
    }

    fn end(mut self) {
        self.write(MAX_ADDED_BYTES, |writer, out| writer.terminator(out).1);
        // Removes the newline, because the caller adds [`Encode::delimiter`] after each item.
        self.out.pop();
    }

    fn write(&mut self, most: usize, write: impl FnOnce(&mut Writer, &mut [u8]) -> usize) {
        let start = self.out.len();
        self.out.resize(start + most, 0);
        let written = write(&mut self.writer, &mut self.out[start..]);
        self.out.truncate(start + written);
    }
}
