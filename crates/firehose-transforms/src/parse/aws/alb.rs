//! The access log of Application Load Balancers.
//!
//! Fields: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-entry-format>.
//! Columns: <https://docs.aws.amazon.com/athena/latest/ug/create-alb-access-logs-table.html>.

use std::sync::Arc;

use firehose_core::Timestamp;

use crate::parse::{
    column::Column,
    fields::{Field, Fields, quote_before_space},
    format_error::InvalidFormat,
    format_options::OptionReader,
    line_parser::LineParser,
    object_writer::ObjectWriter,
    parse_error::ParseError,
    parsed::Parsed,
};

/// A field of the log, with the columns for its parts.
enum LogField {
    Plain(Column),
    /// An address and a port.
    Address(Column, Column),
    /// A request line: method, URL and protocol.
    Request(Column, Column, Column),
}

use LogField::{Address, Plain, Request};

/// The fields that every line has.
static FIELDS: [LogField; 18] = [
    Plain(Column::text("type")),
    Plain(Column::text("time")),
    Plain(Column::text("elb")),
    Address(Column::text("client_ip"), Column::number("client_port")),
    Address(Column::text("target_ip"), Column::number("target_port")),
    Plain(Column::number("request_processing_time")),
    Plain(Column::number("target_processing_time")),
    Plain(Column::number("response_processing_time")),
    Plain(Column::number("elb_status_code")),
    Plain(Column::text("target_status_code")),
    Plain(Column::number("received_bytes")),
    Plain(Column::number("sent_bytes")),
    Request(
        Column::text("request_verb"),
        Column::text("request_url"),
        Column::text("request_proto"),
    ),
    Plain(Column::text("user_agent")),
    Plain(Column::text("ssl_cipher")),
    Plain(Column::text("ssl_protocol")),
    Plain(Column::text("target_group_arn")),
    Plain(Column::text("trace_id")),
];

/// The fields that AWS has added since 2016. Older lines lack them.
static LATER_FIELDS: [Column; 12] = [
    Column::text("domain_name"),
    Column::text("chosen_cert_arn"),
    Column::text("matched_rule_priority"),
    Column::text("request_creation_time"),
    Column::text("actions_executed"),
    Column::text("redirect_url"),
    Column::text("lambda_error_reason"),
    Column::text("target_port_list"),
    Column::text("target_status_code_list"),
    Column::text("classification"),
    Column::text("classification_reason"),
    Column::text("conn_trace_id"),
];

pub(crate) fn build(_: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    Ok(Arc::new(AlbLog))
}

#[derive(Debug)]
struct AlbLog;

impl LineParser for AlbLog {
    fn parse(
        &self,
        line: &str,
        _: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError> {
        let mut fields = Fields::new(line)?;
        for field in &FIELDS {
            let text = match field.name() {
                "request_verb" => fields.quoted_until(field.name(), request_end),
                "user_agent" => fields.quoted_until(field.name(), user_agent_end),
                name => fields.quoted_until(name, quote_before_space),
            };
            field.write(object, text?)?;
        }
        for column in &LATER_FIELDS {
            if fields.is_at_end() {
                column.write_null(object);
            } else {
                let field = fields.quoted_until(column.name(), quote_before_space)?;
                column.write(object, field)?;
            }
        }
        // AWS may add fields at the end. The table of AWS ignores further fields, too.
        Ok(Parsed::Object)
    }
}

impl LogField {
    fn name(&self) -> &str {
        match self {
            Plain(column) | Address(column, _) | Request(column, _, _) => column.name(),
        }
    }

    fn write(&self, object: &mut ObjectWriter<'_>, field: Field<'_>) -> Result<(), ParseError> {
        match self {
            Plain(column) => column.write(object, field),
            Address(ip, port) => {
                let Some((address, port_text)) = field.text.rsplit_once(':') else {
                    // The field is `-` if the load balancer could not send the request to a target.
                    ip.write(object, field)?;
                    port.write_null(object);
                    return Ok(());
                };
                let address = address.strip_prefix('[').unwrap_or(address);
                let address = address.strip_suffix(']').unwrap_or(address);
                ip.write(object, Field { text: address, ..field })?;
                let offset = field.offset + field.text.len() - port_text.len();
                port.write(object, Field { text: port_text, offset })
            }
            Request(verb, url, proto) => {
                // The load balancer writes `- http://host:port- -` for a malformed request.
                let text = field.text.trim_end_matches(' ');
                let (method, rest) = text.split_once(' ').unwrap_or((text, "-"));
                let (path, protocol) = rest.rsplit_once(' ').unwrap_or((rest, "-"));
                verb.write(object, Field { text: method, ..field })?;
                url.write(object, Field { text: path, ..field })?;
                proto.write(object, Field { text: protocol, ..field })
            }
        }
    }
}

/// Returns the offset of the closing quote of the request: the first quote before a space and an opening
/// quote. A URL contains no spaces.
fn request_end(text: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, b"\" \"")
}

/// Returns the offset of the closing quote of the user agent: the last quote before a cipher, a protocol,
/// the ARN of a target group and the opening quote of the trace id.
///
/// A client may send any user agent, and the load balancer does not escape quotes. The last position
/// counts, so that no user agent can imitate the columns after it.
fn user_agent_end(text: &[u8]) -> Option<usize> {
    memchr::memrchr_iter(b'"', text).find(|&at| {
        let Some(rest) = text[at + 1..].strip_prefix(b" ") else { return false };
        let mut words = rest.splitn(4, |&byte| byte == b' ');
        let mut word = || words.next().unwrap_or_default();
        let (cipher, protocol, target_group, trace_id) = (word(), word(), word(), word());
        let is_bare = |word: &[u8]| !word.is_empty() && !word.contains(&b'"');
        is_bare(cipher)
            && is_bare(protocol)
            && (target_group == b"-" || target_group.starts_with(b"arn:"))
            && trace_id.starts_with(b"\"")
    })
}
