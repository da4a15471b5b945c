use std::sync::Arc;

use firehose_core::{Items, Record, Split};

use super::{
    error::{InvalidCsvOption, delimiter_byte},
    row_items::{Column, RowItems, repeated_name},
};

/// A splitter of CSV records into rows, which become JSON objects.
///
/// See the [module](crate::csv) for an example, the rules and the limits.
#[derive(Clone, Debug)]
pub struct CsvRows {
    /// The columns, or `None` to read them from the first row.
    columns: Option<Arc<[Column]>>,
    delimiter: u8,
    max_bytes: usize,
}

impl CsvRows {
    /// The default maximum size of all rows of a record as JSON, in bytes: 64 MiB.
    pub const DEFAULT_MAX_BYTES: usize = 64 * 1024 * 1024;

    /// Creates a splitter that takes the names of the columns from the first row of each record.
    pub fn with_header() -> Self {
        Self { columns: None, delimiter: b',', max_bytes: Self::DEFAULT_MAX_BYTES }
    }

    /// Creates a splitter with these names of the columns. All rows of a record are items, except for
    /// rows that equal the names.
    ///
    /// ```
    /// use firehose_core::{Record, Split};
    /// use firehose_transforms::csv::CsvRows;
    ///
    /// let rows = CsvRows::with_names(["id", "city"])?.with_delimiter(';')?;
    /// let items = rows.split(Record::new("record-1", "7;Ulm\n8;\"Bad; Ems\""));
    /// let items: Vec<_> = items.map(|item| item.unwrap().into_data()).collect();
    /// assert_eq!(items, [r#"{"id":"7","city":"Ulm"}"#, r#"{"id":"8","city":"Bad; Ems"}"#]);
    /// # Ok::<_, firehose_transforms::csv::InvalidCsvOption>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there are no names, or two names are equal.
    pub fn with_names<N: AsRef<str>>(
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, InvalidCsvOption> {
        let columns: Vec<_> = names.into_iter().map(|name| Column::new(name.as_ref())).collect();
        if columns.is_empty() {
            return Err(InvalidCsvOption::NoColumns);
        }
        if let Some((_, index)) = repeated_name(&columns) {
            return Err(InvalidCsvOption::RepeatedName(columns[index].name.clone()));
        }
        Ok(Self { columns: Some(columns.into()), ..Self::with_header() })
    }

    /// Sets the delimiter of the fields. Default: a comma.
    ///
    /// # Errors
    ///
    /// If the delimiter is not an ASCII character, or is a quote or a line break.
    pub fn with_delimiter(mut self, delimiter: char) -> Result<Self, InvalidCsvOption> {
        self.delimiter = delimiter_byte(delimiter)?;
        Ok(self)
    }

    /// Sets the maximum size of all rows of a record as JSON, in bytes. Default:
    /// [`DEFAULT_MAX_BYTES`](Self::DEFAULT_MAX_BYTES).
    ///
    /// Each row as JSON repeats the names, so that a long header with many short rows needs far more
    /// memory than the record. A record over the limit fails.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }
}

impl Split for CsvRows {
    fn split(&self, record: Record) -> Items {
        let columns = self.columns.clone();
        Box::new(RowItems::new(record, self.delimiter, columns, self.max_bytes))
    }
}
