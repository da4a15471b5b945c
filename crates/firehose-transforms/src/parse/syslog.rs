//! Syslog messages of RFC 5424 and RFC 3164, parsed with the crate `syslog_loose`.
//!
//! The names of the members are those of Vector's `parse_syslog`:
//! <https://vector.dev/docs/reference/vrl/functions/#parse_syslog>.

use std::{collections::HashSet, sync::Arc};

use chrono::Utc;
use firehose_core::Timestamp;
use jiff::{civil::Date, tz::TimeZone};
use syslog_loose::{
    IncompleteDate, Message, ProcId, Protocol, StructuredElement, Variant,
    parse_message_with_year_exact_tz,
};

use crate::parse::{
    format_error::InvalidFormat,
    format_options::OptionReader,
    line_parser::LineParser,
    object_writer::{ObjectWriter, escaped_name, write_text},
    parse_error::ParseError,
    parsed::Parsed,
    time_zone::FixedZone,
};

pub(crate) fn build(options: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    Ok(Arc::new(Syslog { zone: options.time_zone()? }))
}

#[derive(Debug)]
struct Syslog {
    zone: FixedZone,
}

/// The names of all members except structured data. An element must not have one of these names as its
/// id.
const NAMES: [&str; 9] = [
    "timestamp",
    "hostname",
    "facility",
    "severity",
    "version",
    "appname",
    "procid",
    "msgid",
    "message",
];

impl LineParser for Syslog {
    fn parse(
        &self,
        line: &str,
        received_at: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError> {
        let received_at = received_at.unwrap_or_else(Timestamp::now);
        let year = |date| nearest_year(date, received_at);
        let message = parse_message_with_year_exact_tz(line, year, Some(Utc), Variant::Either)
            .map_err(|_| ParseError::new("not a syslog message of RFC 5424 or RFC 3164"))?;
        if let Some(time) = self.time(line, &message) {
            object.display_as_text("timestamp", time);
        }
        write_header(object, &message);
        write_structured_data(object, &message.structured_data)?;
        let text = message_text(line, &message);
        // In RFC 5424, a message in UTF-8 begins with a byte order mark.
        object.text("message", text.strip_prefix('\u{feff}').unwrap_or(text));
        Ok(Parsed::Object)
    }
}

impl Syslog {
    fn time(&self, line: &str, message: &Message<&str>) -> Option<Timestamp> {
        let time = message.timestamp?;
        // chrono represents a leap second by more than 999,999,999 nanoseconds.
        let nanoseconds = time.timestamp_subsec_nanos().min(999_999_999);
        let time = Timestamp::new(time.timestamp(), i32::try_from(nanoseconds).ok()?).ok()?;
        // `syslog_loose` applies a given zone only to some of the times without a zone. Therefore it gets
        // UTC, and the zone is applied here.
        if names_no_zone(line) {
            self.zone.timestamp(TimeZone::UTC.to_datetime(time))
        } else {
            Some(time)
        }
    }
}

/// Returns the text of the message.
///
/// `syslog_loose` takes a hyphen at the start of a message of RFC 3164 as empty structured data, which
/// RFC 3164 does not have.
fn message_text<'l>(line: &'l str, message: &Message<&'l str>) -> &'l str {
    let is_rfc3164 = matches!(message.protocol, Protocol::RFC3164);
    let before_hyphen = line
        .strip_suffix(message.msg)
        .and_then(|header| header.trim_end_matches(' ').strip_suffix('-'))
        .filter(|header| header.trim_end_matches(' ').ends_with(':'));
    match before_hyphen {
        Some(header) if is_rfc3164 && message.structured_data.is_empty() => &line[header.len()..],
        _ => message.msg,
    }
}

/// Returns `true` if the time begins with the name of a month. Such a time has no zone.
fn names_no_zone(line: &str) -> bool {
    let after_priority = line.trim_start().trim_start_matches('<');
    let after_priority = after_priority.trim_start_matches(|it: char| it.is_ascii_digit());
    let time = after_priority.trim_start_matches('>').trim_start();
    time.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// Returns the year in which the date is nearest to the arrival of the record.
fn nearest_year((month, day, ..): IncompleteDate, received_at: Timestamp) -> i32 {
    let today = TimeZone::UTC.to_datetime(received_at).date();
    let distance = |year: i16| {
        let month = i8::try_from(month).ok()?;
        let date = Date::new(year, month, i8::try_from(day).ok()?).ok()?;
        let days = today.until(date).ok()?.get_days();
        Some((days.abs(), year))
    };
    // Six years, so that one of them is usually a leap year. A time of 29 February needs a leap year.
    let years = (-4..=1).filter_map(|years| distance(today.year() + years));
    let (_, year) = years.min().unwrap_or((0, today.year()));
    i32::from(year)
}

fn write_header(object: &mut ObjectWriter<'_>, message: &Message<&str>) {
    if let Some(hostname) = message.hostname {
        object.text("hostname", hostname);
    }
    if let Some(facility) = message.facility {
        object.text("facility", facility.as_str());
    }
    if let Some(severity) = message.severity {
        object.text("severity", severity.as_str());
    }
    if let Protocol::RFC5424(version) = message.protocol {
        object.display("version", version);
    }
    if let Some(appname) = message.appname {
        object.text("appname", appname);
    }
    match &message.procid {
        Some(ProcId::PID(pid)) => object.display("procid", pid),
        Some(ProcId::Name(name)) => object.text("procid", name),
        None => {}
    }
    if let Some(msgid) = message.msgid {
        object.text("msgid", msgid);
    }
}

/// Writes an object for each element, under its id.
fn write_structured_data(
    object: &mut ObjectWriter<'_>,
    elements: &[StructuredElement<&str>],
) -> Result<(), ParseError> {
    let mut ids: HashSet<&str> = NAMES.into();
    for element in elements {
        if !ids.insert(element.id) {
            let error = ParseError::new(
                "two elements have the same id, or an id is the name of another member, such as \
                 `message`",
            );
            return Err(error.in_column("structured data"));
        }
        object.value(&escaped_name(element.id), |out| write_parameters(element, out));
    }
    Ok(())
}

/// Writes the parameters of an element, sorted by name. The values of a repeated parameter become an array.
fn write_parameters(element: &StructuredElement<&str>, out: &mut Vec<u8>) {
    let mut parameters: Vec<_> = element.params().collect();
    // A stable sort, so that the values of a parameter keep their order.
    parameters.sort_by_key(|(name, _)| *name);
    let mut object = ObjectWriter::begin(out);
    for group in parameters.chunk_by(|(one, _), (other, _)| one == other) {
        let name = escaped_name(group[0].0);
        object.value(&name, |out| match group {
            [(_, value)] => write_text(out, value),
            values => {
                out.push(b'[');
                for (number, (_, value)) in values.iter().enumerate() {
                    if number > 0 {
                        out.push(b',');
                    }
                    write_text(out, value);
                }
                out.push(b']');
            }
        });
    }
    object.end();
}
