//! Times in the logs of web servers.

use firehose_core::Timestamp;
use jiff::civil::DateTime;

use crate::parse::{
    fields::Field,
    object_writer::ObjectWriter,
    parse_error::ParseError,
    time_zone::{FixedZone, number},
};

const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// Writes a time such as `10/Oct/2000:13:55:36 -0700` as an RFC 3339 time in UTC. Writes null for `-`.
pub(crate) fn write_access_time(
    object: &mut ObjectWriter<'_>,
    field: Field<'_>,
) -> Result<(), ParseError> {
    const NAME: &str = "timestamp";
    if field.text == "-" {
        object.json(NAME, "null");
        return Ok(());
    }
    match access_time(field.text) {
        Some(time) => {
            object.display_as_text(NAME, time);
            Ok(())
        }
        None => Err(ParseError::at(field.offset, "not a time such as 31/Dec/2025:23:59:59 +0000")
            .in_column(NAME)),
    }
}

fn access_time(text: &str) -> Option<Timestamp> {
    let (time, zone) = text.split_once(' ')?;
    let [d1, d2, b'/', month @ .., b'/', y1, y2, y3, y4, b':', h1, h2, b':', m1, m2, b':', s1, s2] =
        time.as_bytes()
    else {
        return None;
    };
    let month = MONTHS.iter().position(|name| name.as_slice() == month)? + 1;
    let date = [&[*y1, *y2, *y3, *y4][..], &[*d1, *d2]];
    let time = civil_time(date[0], month, date[1], [&[*h1, *h2], &[*m1, *m2], &[*s1, *s2]])?;
    FixedZone::parse(zone)?.timestamp(time)
}

/// Parses a time such as `2021/04/01 13:02:31`, which has no time zone.
pub(crate) fn error_log_time(text: &str, zone: FixedZone) -> Option<Timestamp> {
    let &[y1, y2, y3, y4, b'/', n1, n2, b'/', d1, d2, b' ', h1, h2, b':', m1, m2, b':', s1, s2] =
        text.as_bytes()
    else {
        return None;
    };
    let month = usize::try_from(number(&[n1, n2])?).ok()?;
    let clock = [&[h1, h2], &[m1, m2], &[s1, s2]];
    zone.timestamp(civil_time(&[y1, y2, y3, y4], month, &[d1, d2], clock)?)
}

fn civil_time(year: &[u8], month: usize, day: &[u8], clock: [&[u8; 2]; 3]) -> Option<DateTime> {
    let small = |digits: &[u8]| i8::try_from(number(digits)?).ok();
    DateTime::new(
        i16::try_from(number(year)?).ok()?,
        i8::try_from(month).ok()?,
        small(day)?,
        small(clock[0])?,
        small(clock[1])?,
        small(clock[2])?,
        0,
    )
    .ok()
}
