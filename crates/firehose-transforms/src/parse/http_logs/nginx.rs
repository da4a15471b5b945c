//! The access logs of nginx: the default format `combined`, and the format `main` of the nginx packages.
//!
//! Columns: <https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format>. The names of the members
//! are those of Vector's `parse_nginx_log`:
//! <https://vector.dev/docs/reference/vrl/functions/#parse_nginx_log>.

use std::sync::Arc;

use firehose_core::Timestamp;

use crate::parse::{
    column::Column,
    fields::Fields,
    format_error::InvalidFormat,
    format_options::OptionReader,
    http_logs::{log_time::write_access_time, request_line::RequestLine},
    line_parser::LineParser,
    object_writer::ObjectWriter,
    parse_error::ParseError,
    parsed::Parsed,
};

pub(crate) fn combined(_: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    Ok(Arc::new(NginxLog {
        client: Column::text("client"),
        user: Column::text("user"),
        size: Column::number("size"),
        referer: Column::text("referer"),
        agent: Column::text("agent"),
        last: Column::text("compression"),
        needs_last: false,
    }))
}

pub(crate) fn main(_: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    Ok(Arc::new(NginxLog {
        client: Column::text("remote_addr"),
        user: Column::text("remote_user"),
        size: Column::number("body_bytes_size"),
        referer: Column::text("http_referer"),
        agent: Column::text("http_user_agent"),
        last: Column::text("http_x_forwarded_for"),
        needs_last: true,
    }))
}

const STATUS: Column = Column::number("status");

#[derive(Debug)]
struct NginxLog {
    client: Column,
    user: Column,
    size: Column,
    referer: Column,
    agent: Column,
    last: Column,
    needs_last: bool,
}

impl LineParser for NginxLog {
    fn parse(
        &self,
        line: &str,
        _: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError> {
        let mut fields = Fields::new(line)?;
        self.client.write(object, fields.bare(self.client.name())?)?;
        let dash = fields.bare("-")?;
        if dash.text != "-" {
            return Err(ParseError::at(dash.offset, "expected `-`"));
        }
        self.user.write(object, fields.before_bracket(self.user.name())?)?;
        write_access_time(object, fields.bracketed("timestamp")?)?;
        let request = fields.quoted("request")?;
        Column::text("request").write(object, request)?;
        RequestLine::write(RequestLine::parse(request.text).as_ref(), object);
        STATUS.write(object, fields.bare("status")?)?;
        self.size.write(object, fields.bare(self.size.name())?)?;
        self.referer.write(object, fields.quoted(self.referer.name())?)?;
        self.agent.write(object, fields.quoted(self.agent.name())?)?;
        if self.needs_last || !fields.is_at_end() {
            self.last.write(object, fields.quoted(self.last.name())?)?;
        }
        fields.end()?;
        Ok(Parsed::Object)
    }
}
