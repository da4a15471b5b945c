use jiff::{Timestamp, Zoned, tz::TimeZone};

/// The time of an arrival, in milliseconds since 1970, as prefixes and object names have it. An
/// input may name any number of milliseconds; those that are no time are 1970.
pub fn arrival_time(milliseconds: i64, time_zone: &TimeZone) -> Zoned {
    let time = Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    time.to_zoned(time_zone.clone())
}
