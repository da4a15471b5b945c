//! The error log of nginx.
//!
//! The functions `ngx_log_error_core` and `ngx_http_log_error` of nginx define the format. The names of
//! the members are those of Vector's `parse_nginx_log` with the format `error`:
//! <https://vector.dev/docs/reference/vrl/functions/#parse_nginx_log>.

use std::sync::Arc;

use firehose_core::Timestamp;

use crate::parse::{
    column::json_number, fields::Fields, format_error::InvalidFormat, format_options::OptionReader,
    http_logs::log_time::error_log_time, line_parser::LineParser, object_writer::ObjectWriter,
    parse_error::ParseError, parsed::Parsed, time_zone::FixedZone,
};

/// The label and the member name of each part after the message, in the order in which nginx writes the
/// parts.
const PARTS: [(&str, &str); 7] = [
    (", client: ", "client"),
    (", server: ", "server"),
    (", request: ", "request"),
    (", subrequest: ", "subrequest"),
    (", upstream: ", "upstream"),
    (", host: ", "host"),
    (", referrer: ", "referer"),
];

/// The length of a time such as `2021/04/01 13:02:31`.
const TIME_BYTES: usize = 19;

pub(crate) fn build(options: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    Ok(Arc::new(NginxErrorLog { zone: options.time_zone()? }))
}

#[derive(Debug)]
struct NginxErrorLog {
    zone: FixedZone,
}

impl LineParser for NginxErrorLog {
    fn parse(
        &self,
        line: &str,
        _: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError> {
        let mut fields = Fields::new(line)?;
        let time = line.get(..TIME_BYTES).and_then(|time| error_log_time(time, self.zone));
        let Some(time) = time else {
            let error = ParseError::at(0, "not a time such as 2025/12/31 23:59:59");
            return Err(error.in_column("timestamp"));
        };
        object.display_as_text("timestamp", time);
        fields.skip(TIME_BYTES);
        object.text("severity", fields.bracketed("severity")?.text);
        write_process(object, &mut fields)?;
        fields.is_at_end();
        write_rest(object, fields.rest());
        Ok(Parsed::Object)
    }
}

/// Writes the ids of the process, the thread and the connection: `31#31: *3`.
fn write_process(object: &mut ObjectWriter<'_>, fields: &mut Fields<'_>) -> Result<(), ParseError> {
    let field = fields.bare("pid")?;
    let ids = field.text.strip_suffix(':').and_then(|ids| ids.split_once('#'));
    let ids = ids.and_then(|(pid, tid)| Some((json_number(pid)?, json_number(tid)?)));
    let Some((pid, tid)) = ids else {
        return Err(ParseError::at(field.offset, "not ids such as `31#31:`").in_column("pid"));
    };
    object.json("pid", pid);
    object.json("tid", tid);
    let mut ahead = fields.clone();
    if let Ok(word) = ahead.bare("cid")
        && let Some(cid) = word.text.strip_prefix('*').and_then(json_number)
    {
        object.json("cid", cid);
        *fields = ahead;
    }
    Ok(())
}

/// Writes the message and the parts after it.
fn write_rest(object: &mut ObjectWriter<'_>, rest: &str) {
    let end = next_part(rest, 0).map_or(rest.len(), |(at, _)| at);
    write_message(object, &rest[..end]);
    let mut at = end;
    let mut allowed = 0;
    while let Some((_, part)) = next_part(&rest[at..], allowed).filter(|(start, _)| *start == 0) {
        let (label, name) = PARTS[part];
        allowed = part + 1;
        at += label.len();
        // A request may contain the label of an earlier part, so search only for later parts.
        let length = next_part(&rest[at..], allowed).map_or(rest.len() - at, |(end, _)| end);
        let value = &rest[at..at + length];
        let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        object.text(name, unquoted.unwrap_or(value));
        at += length;
    }
}

/// Writes a message. For a message of `limit_req`, writes the excess and the zone as separate members.
fn write_message(object: &mut ObjectWriter<'_>, message: &str) {
    let limit = message.split_once(", excess: ").and_then(|(text, limit)| {
        let (excess, zone) = limit.split_once(" by zone \"")?;
        Some((text, json_number(excess.trim_end_matches(','))?, zone.strip_suffix('"')?))
    });
    match limit {
        Some((text, excess, zone)) => {
            object.text("message", text);
            object.json("excess", excess);
            object.text("zone", zone);
        }
        None => object.text("message", message),
    }
}

/// Returns the offset and the number of the part whose label occurs first. Searches only for the parts
/// from the number `allowed` on.
fn next_part(text: &str, allowed: usize) -> Option<(usize, usize)> {
    let found = (allowed..PARTS.len()).filter_map(|part| {
        let at = memchr::memmem::find(text.as_bytes(), PARTS[part].0.as_bytes())?;
        Some((at, part))
    });
    found.min()
}
