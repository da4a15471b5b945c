//! The server access log of S3.
//!
//! Fields: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html>. Columns:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-s3-access-logs-to-identify-requests.html>.
//! The table does not have a column for the field `sourceregion` yet.

use std::sync::Arc;

use firehose_core::Timestamp;

use crate::parse::{
    column::Column,
    fields::{Fields, quote_before_space},
    format_error::InvalidFormat,
    format_options::OptionReader,
    line_parser::LineParser,
    object_writer::ObjectWriter,
    parse_error::ParseError,
    parsed::Parsed,
};

static COLUMNS: [Column; 27] = [
    Column::text("bucketowner"),
    Column::text("bucket_name"),
    Column::text("requestdatetime"),
    Column::text("remoteip"),
    Column::text("requester"),
    Column::text("requestid"),
    Column::text("operation"),
    Column::text("key"),
    Column::text("request_uri"),
    Column::text("httpstatus"),
    Column::text("errorcode"),
    Column::number("bytessent"),
    Column::number("objectsize"),
    Column::text("totaltime"),
    Column::text("turnaroundtime"),
    Column::text("referrer"),
    Column::text("useragent"),
    Column::text("versionid"),
    Column::text("hostid"),
    Column::text("sigv"),
    Column::text("ciphersuite"),
    Column::text("authtype"),
    Column::text("endpoint"),
    Column::text("tlsversion"),
    Column::text("accesspointarn"),
    Column::text("aclrequired"),
    Column::text("sourceregion"),
];

/// The number of fields that every line has. AWS has added the others since 2019.
const REQUIRED_FIELDS: usize = 18;

pub(crate) fn build(_: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    Ok(Arc::new(S3AccessLog))
}

#[derive(Debug)]
struct S3AccessLog;

impl LineParser for S3AccessLog {
    fn parse(
        &self,
        line: &str,
        _: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError> {
        let mut fields = Fields::new(line)?;
        for (number, column) in COLUMNS.iter().enumerate() {
            let name = column.name();
            if number >= REQUIRED_FIELDS && fields.is_at_end() {
                column.write_null(object);
                continue;
            }
            let field = match name {
                "requestdatetime" => fields.bracketed(name),
                "request_uri" => fields.quoted_until(name, quote_before_space),
                "referrer" => fields.quoted_until(name, referrer_end),
                "useragent" => fields.quoted_until(name, |text| memchr::memrchr(b'"', text)),
                name => fields.bare(name),
            };
            column.write(object, field?)?;
        }
        // AWS may add fields at the end. The table of AWS ignores further fields, too.
        Ok(Parsed::Object)
    }
}

/// Returns the offset of the closing quote of the referrer: the first quote before a space and an opening
/// quote. The last quote of the line closes the user agent.
///
/// A client may send any referrer and user agent, and S3 does not escape quotes. No field after the user
/// agent has quotes. A referrer that contains `" "` ends there, and the rest is part of the user agent.
fn referrer_end(text: &[u8]) -> Option<usize> {
    let last = memchr::memrchr(b'"', text)?;
    let end = memchr::memmem::find(text, b"\" \"").filter(|end| end + 2 < last);
    Some(end.unwrap_or(last))
}
