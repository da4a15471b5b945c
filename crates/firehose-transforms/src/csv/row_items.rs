use std::sync::Arc;

use firehose_core::{BoxError, InvalidItem, Record};

use super::{
    error::CsvError,
    row_reader::{Fields, RowReader},
};

/// The byte order mark in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The maximum number of columns of a header. It bounds the memory for a header that consists of
/// delimiters.
const MAX_COLUMNS: usize = 16_384;

/// The rows of a record, as JSON objects.
pub(super) struct RowItems {
    record: Record,
    reader: RowReader,
    /// The offset of the next row.
    at: usize,
    /// The names of the columns, or `None` before the header is read.
    columns: Option<Arc<[Column]>>,
    /// The number of bytes that further items may have.
    left: usize,
    max_bytes: usize,
    is_done: bool,
}

/// A column of the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    /// The name as a JSON string with a colon: the start of a member.
    key: String,
}

impl Column {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), key: format!("{}:", serde_json::Value::from(name)) }
    }
}

impl RowItems {
    pub(super) fn new(
        record: Record,
        delimiter: u8,
        columns: Option<Arc<[Column]>>,
        max_bytes: usize,
    ) -> Self {
        let at = if record.data().starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let reader = RowReader::new(delimiter);
        Self { record, reader, at, columns, left: max_bytes, max_bytes, is_done: false }
    }

    /// Returns the next item, or `None` at the end of the record. After an error, there are no
    /// further items, unless the error is an [`InvalidItem`].
    fn read(&mut self) -> Result<Option<Record>, BoxError> {
        loop {
            let data = self.record.data();
            let rest = data.get(self.at..).unwrap_or_default();
            let Some(start) = rest.iter().position(|byte| !matches!(byte, b'\n' | b'\r')) else {
                return Ok(None);
            };
            let rest = &rest[start..];
            let (max_fields, max_bytes) = match &self.columns {
                None => (MAX_COLUMNS, usize::MAX),
                // A repeated header is not an item, so it may be longer than what is left.
                Some(columns) => (columns.len(), self.left.max(length_of_names(columns))),
            };
            let row = self.reader.read(rest, max_fields, max_bytes);
            self.at += start + row.length;
            let Some(columns) = &self.columns else {
                self.columns = Some(header(&row.fields?)?.into());
                continue;
            };
            let item = match row.fields.and_then(|fields| object(columns, &fields)) {
                Ok(Some(object)) => self.record.clone().with_data(object),
                Ok(None) => continue,
                // The rest of the record cannot be split into rows.
                Err(error @ CsvError::OpenQuote) => return Err(error.into()),
                Err(CsvError::TooLong(_)) => return Err(CsvError::TooLong(self.max_bytes).into()),
                Err(error) => {
                    let item = self.record.clone().with_data(data.slice_ref(&rest[..row.length]));
                    return Err(InvalidItem::new(item, error).into());
                }
            };
            let left = self.left.checked_sub(item.data().len());
            self.left = left.ok_or(CsvError::TooLong(self.max_bytes))?;
            return Ok(Some(item));
        }
    }
}

impl Iterator for RowItems {
    type Item = Result<Record, BoxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let item = self.read().transpose();
        self.is_done = match &item {
            Some(Err(error)) => !error.is::<InvalidItem>(),
            Some(Ok(_)) => false,
            None => true,
        };
        item
    }
}

fn header(fields: &Fields<'_>) -> Result<Vec<Column>, CsvError> {
    let columns: Vec<_> = fields.iter().map(Column::new).collect();
    match repeated_name(&columns) {
        Some((first, second)) => Err(CsvError::RepeatedName(first + 1, second + 1)),
        None => Ok(columns),
    }
}

/// Returns the length of all names together, in bytes.
fn length_of_names(columns: &[Column]) -> usize {
    columns.iter().map(|column| column.name.len()).sum()
}

/// Returns the indexes of two columns with the same name.
pub(super) fn repeated_name(columns: &[Column]) -> Option<(usize, usize)> {
    let mut seen = std::collections::HashMap::new();
    let mut repeated = columns.iter().enumerate().filter_map(|(index, column)| {
        seen.insert(column.name.as_str(), index).map(|first| (first, index))
    });
    repeated.next()
}

/// Returns a row as a JSON object, or `None` for a repeated header.
fn object(columns: &[Column], fields: &Fields<'_>) -> Result<Option<Vec<u8>>, CsvError> {
    if fields.len() != columns.len() {
        let fields = Some(fields.len());
        return Err(CsvError::UnevenRow { fields, expected: columns.len() });
    }
    if columns.iter().map(|column| column.name.as_str()).eq(fields.iter()) {
        return Ok(None);
    }
    let mut object = vec![b'{'];
    for (column, field) in columns.iter().zip(fields.iter()) {
        if object.len() > 1 {
            object.push(b',');
        }
        object.extend_from_slice(column.key.as_bytes());
        // Writing a text to a vector cannot fail.
        let _ = serde_json::to_writer(&mut object, field);
    }
    object.push(b'}');
    Ok(Some(object))
}
