use firehose_transforms::encode::{CsvEncoder, Encode};
use schemars::JsonSchema;
use serde::Deserialize;

use super::columns::Columns;

/// Options of `csv`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CsvOptions {
    /// The columns. Either a list of fields, such as `[host, .user.email]`, or an object with the name
    /// and the value of each column. A value that begins with `.` is a jq filter of the item, and any
    /// other value is a constant. Required.
    columns: Option<Columns>,
    /// The delimiter between the fields. Default: a comma.
    delimiter: Option<char>,
    /// `true` writes a row with the names of the columns once per record, before the rows of the record.
    /// An S3 object holds the outputs of many records, so it has this row many times. Default: `false`.
    #[serde(default)]
    header: bool,
}

impl CsvOptions {
    pub(super) fn encoder(self) -> Result<Box<dyn Encode>, String> {
        let columns = self.columns.ok_or(
            "`csv` needs the columns; write an object such as `{format: csv, columns: [host, \
             .user.email]}`",
        )?;
        let mut csv = CsvEncoder::new(columns.0).map_err(|error| format!("columns: {error}"))?;
        if let Some(delimiter) = self.delimiter {
            csv = csv.with_delimiter(delimiter).map_err(|error| error.to_string())?;
        }
        Ok(Box::new(if self.header { csv.with_header() } else { csv }))
    }
}
