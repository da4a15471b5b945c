//! The standard logs and the real-time logs of CloudFront.
//!
//! Fields of standard logs: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html>.
//! Fields of real-time logs: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/real-time-logs.html>.
//! Columns: <https://docs.aws.amazon.com/athena/latest/ug/create-cloudfront-table-standard-logs.html>.

use std::sync::Arc;

use firehose_core::Timestamp;

use crate::parse::{
    column::Column,
    fields::{Field, Fields},
    format_error::InvalidFormat,
    format_options::OptionReader,
    line_parser::LineParser,
    object_writer::ObjectWriter,
    parse_error::ParseError,
    parsed::Parsed,
};

const STANDARD_FIELDS: &str = "date time x-edge-location sc-bytes c-ip cs-method cs(Host) \
    cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type \
    x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol \
    ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields \
    c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len \
    sc-range-start sc-range-end";

const NUMBERS: [&str; 17] = [
    "sc_bytes",
    "sc_status",
    "cs_bytes",
    "time_taken",
    "fle_encrypted_fields",
    "c_port",
    "time_to_first_byte",
    "sc_content_len",
    "sc_range_start",
    "sc_range_end",
    "timestamp",
    "timestamp_ms",
    "cs_headers_count",
    "origin_fbl",
    "origin_lbl",
    "asn",
    "cmcd_object_duration",
];

/// Builds the parser of standard logs. Default fields: the 33 fields of the legacy format.
pub(crate) fn standard(options: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    let fields = options.fields()?;
    let is_default = fields.is_none();
    let columns = columns(options, &fields.unwrap_or_else(|| vec![STANDARD_FIELDS.to_owned()]))?;
    Ok(Arc::new(CloudFrontLog { columns, is_default }))
}

/// Builds the parser of real-time logs. The configuration of the log selects the fields, so the option
/// `fields` is required.
pub(crate) fn real_time(options: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    let fields = options.fields()?.ok_or_else(|| options.missing("fields"))?;
    let columns = columns(options, &fields)?;
    Ok(Arc::new(CloudFrontLog { columns, is_default: false }))
}

fn columns(options: &OptionReader, fields: &[String]) -> Result<Vec<Column>, InvalidFormat> {
    let names = match fields {
        [header] => {
            let header = header.trim();
            let names = header.strip_prefix("#Fields:").unwrap_or(header);
            names.split([' ', ',', '\t']).filter(|name| !name.is_empty()).collect()
        }
        names => names.iter().map(String::as_str).collect::<Vec<_>>(),
    };
    let mut columns: Vec<Column> = Vec::with_capacity(names.len());
    for field in names {
        let name = column_name(field);
        if name.is_empty() {
            return Err(options.invalid("fields", format!("`{field}` is not the name of a field")));
        }
        if columns.iter().any(|other| other.name() == name) {
            return Err(options.invalid("fields", format!("the field `{field}` is listed twice")));
        }
        columns.push(Column::named(&name, NUMBERS.contains(&name.as_str())));
    }
    if columns.is_empty() {
        return Err(options.invalid("fields", "the list is empty"));
    }
    Ok(columns)
}

/// Returns the name of a column of AWS's table: `cs_user_agent` for `cs(User-Agent)`.
fn column_name(field: &str) -> String {
    let words = field.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<_> =
        words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
    match words.join("_") {
        // The table spells this name differently from the field.
        name if name == "cs_referer" => "cs_referrer".to_owned(),
        name => name,
    }
}

#[derive(Debug)]
struct CloudFrontLog {
    columns: Vec<Column>,
    /// `true` for the default fields of standard logs. AWS may add fields to these lines.
    is_default: bool,
}

impl LineParser for CloudFrontLog {
    fn parse(
        &self,
        line: &str,
        _: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError> {
        if line.starts_with('#') {
            return Ok(Parsed::Header);
        }
        // Only checks that the line has no line break.
        Fields::new(line)?;
        let mut values = line.split('\t');
        let mut offset = 0;
        for (number, column) in self.columns.iter().enumerate() {
            // The first value must not be empty. It is empty if the whole line is.
            let value = values.next().filter(|value| number > 0 || !value.is_empty());
            let Some(text) = value else {
                let error = ParseError::at(line.len(), "the line ends before the column");
                return Err(error.in_column(column.name()));
            };
            column.write(object, Field { text, offset })?;
            offset += text.len() + 1;
        }
        match values.next() {
            Some(_) if !self.is_default => {
                Err(ParseError::at(offset, "the line has more fields than the option `fields`"))
            }
            _ => Ok(Parsed::Object),
        }
    }
}
