//! The access logs `common` and `combined` of the Apache HTTP Server.
//!
//! Columns: <https://httpd.apache.org/docs/2.4/logs.html#accesslog>. The names of the members are those
//! of Vector's `parse_apache_log`:
//! <https://vector.dev/docs/reference/vrl/functions/#parse_apache_log>.

use std::sync::Arc;

use firehose_core::Timestamp;

use crate::parse::{
    column::Column,
    fields::{Field, Fields},
    format_error::InvalidFormat,
    format_options::OptionReader,
    http_logs::{log_time::write_access_time, request_line::RequestLine},
    line_parser::LineParser,
    object_writer::ObjectWriter,
    parse_error::ParseError,
    parsed::Parsed,
};

const HOST: Column = Column::text("host");
const IDENTITY: Column = Column::text("identity");
const USER: Column = Column::text("user");
const STATUS: Column = Column::number("status");
const SIZE: Column = Column::number("size");
const REFERRER: Column = Column::text("referrer");
const AGENT: Column = Column::text("agent");

pub(crate) fn common(_: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    Ok(Arc::new(ApacheLog { is_combined: false }))
}

pub(crate) fn combined(_: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    Ok(Arc::new(ApacheLog { is_combined: true }))
}

#[derive(Debug)]
struct ApacheLog {
    is_combined: bool,
}

impl LineParser for ApacheLog {
    fn parse(
        &self,
        line: &str,
        _: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError> {
        let mut fields = Fields::new(line)?;
        HOST.write(object, fields.bare("host")?)?;
        IDENTITY.write(object, fields.bare("identity")?)?;
        USER.write(object, unquoted_if_empty(fields.before_bracket("user")?))?;
        write_access_time(object, fields.bracketed("timestamp")?)?;
        let message = fields.quoted("message")?.text;
        let request = RequestLine::parse(message);
        RequestLine::write(request.as_ref(), object);
        STATUS.write(object, fields.bare("status")?)?;
        SIZE.write(object, fields.bare("size")?)?;
        if self.is_combined {
            REFERRER.write(object, fields.quoted("referrer")?)?;
            AGENT.write(object, fields.quoted("agent")?)?;
        }
        if request.is_none() && message != "-" {
            object.text("message", message);
        }
        fields.end()?;
        Ok(Parsed::Object)
    }
}

/// Returns an empty field for `""`, which Apache writes for a user with an empty name.
fn unquoted_if_empty(field: Field<'_>) -> Field<'_> {
    if field.text == "\"\"" { Field { text: "", ..field } } else { field }
}
