//! Functions of dates and times. All times are in UTC, as in Lambda.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::{
    Timestamp,
    civil::DateTime,
    fmt::strtime::{self, BrokenDownTime},
    tz::TimeZone,
};

use super::super::{
    meter::Meter,
    values::{number::Number, stop::Stop, text::Text, value::Value},
};

const SECONDS_PER_DAY: i64 = 86_400;

pub(crate) fn now(_: &Meter, _: Value, _: &[Value]) -> Result<Value, Stop> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(Value::Number(now.map_or(0.0, |since| since.as_secs_f64()).into()))
}

/// Splits seconds since 1970 into `[year, month, day, hours, minutes, seconds, weekday, day of the
/// year]`, with months and days of the year from 0 and Sunday as 0.
pub(crate) fn gmtime(_: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let seconds = input.as_number().map(Number::as_f64);
    let seconds = seconds.ok_or_else(|| Stop::public("gmtime() requires numeric inputs"))?;
    let whole = seconds.floor();
    let time = Timestamp::from_second(whole as i64)
        .map_err(|_| Stop::public("gmtime() requires a number of seconds until the year 9999"))?;
    Ok(Value::array(broken_down(time.to_zoned(TimeZone::UTC).datetime(), seconds - whole))?)
}

fn broken_down(time: DateTime, fraction: f64) -> Vec<Value> {
    let int = |int: i64| Value::Number(Number::Int(int));
    let seconds = match fraction {
        0.0 => int(time.second().into()),
        fraction => Value::Number((f64::from(time.second()) + fraction).into()),
    };
    vec![
        int(time.year().into()),
        int(i64::from(time.month()) - 1),
        int(time.day().into()),
        int(time.hour().into()),
        int(time.minute().into()),
        seconds,
        int(time.weekday().to_sunday_zero_offset().into()),
        int(i64::from(time.day_of_year()) - 1),
    ]
}

/// Returns the seconds since 1970 of a time in the parts of [`gmtime`].
pub(crate) fn mktime(_: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let parts = input.as_array().ok_or_else(|| Stop::public("mktime requires array inputs"))?;
    let seconds =
        seconds_of(parts).ok_or_else(|| Stop::public("mktime requires parsed datetime inputs"))?;
    Ok(Value::Number(Number::Int(seconds)))
}

/// Returns the seconds since 1970. A part out of range carries over: hour 25 is hour 1 of the next
/// day.
fn seconds_of(parts: &[Value]) -> Option<i64> {
    let mut numbers = [0_i64; 6];
    for (number, part) in numbers.iter_mut().zip(parts.get(..6)?) {
        // The conversion saturates, and the limit prevents overflows.
        *number = (part.as_number()?.as_f64() as i64).clamp(-1_000_000_000, 1_000_000_000);
    }
    let [year, month, day, hours, minutes, seconds] = numbers;
    let (year, month) = (year + month.div_euclid(12), month.rem_euclid(12));
    let days = days_before(year, month) + day - 1;
    Some(days * SECONDS_PER_DAY + hours * 3600 + minutes * 60 + seconds)
}

/// Returns the days from 1970-01-01 to the first day of a month of the Gregorian calendar. January
/// is 0.
fn days_before(year: i64, month: i64) -> i64 {
    // If years begin in March, the leap day is their last day.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (153 * month + 2) / 5 - 719_468
}

pub(crate) fn strftime(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let unparsed = || Stop::public("strftime/1 requires parsed datetime inputs");
    let parts = match &input {
        Value::Number(_) => gmtime(meter, input, &[])?,
        _ => input,
    };
    let seconds = parts.as_array().and_then(seconds_of).ok_or_else(unparsed)?;
    let format = arguments[0].as_text().map(Text::as_str);
    let format = format.ok_or_else(|| Stop::public("strftime/1 requires a string format"))?;
    meter.read(format.len())?;
    let time = Timestamp::from_second(seconds).map_err(|_| unparsed())?.to_zoned(TimeZone::UTC);
    let text = strtime::format(format, &time)
        .map_err(|_| Stop::public("strftime/1 does not know the format"))?;
    meter.build(text.len())?;
    Ok(Value::text(text))
}

/// Parses a time. As in jq 1.6, an offset in the text does not change the time.
pub(crate) fn strptime(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let (Some(text), Some(format)) = (input.as_text(), arguments[0].as_text()) else {
        return Err(Stop::public("strptime/1 requires string inputs and arguments"));
    };
    let (text, format) = (text.as_str(), format.as_str());
    meter.read(text.len() + format.len())?;
    let parsed = BrokenDownTime::parse(format, text).ok().and_then(|parsed| {
        let date = parsed.to_date().ok()?;
        let time = parsed.to_time().unwrap_or_default();
        Some(date.to_datetime(time))
    });
    let time = parsed.ok_or_else(|| {
        Stop::error(
            format!("date \"{text}\" does not match format \"{format}\""),
            "the date does not match the format",
        )
    })?;
    Ok(Value::array(broken_down(time, 0.0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_days_before_each_month_like_jiff() {
        for year in [-400_i64, -1, 0, 1, 1899, 1900, 1969, 1970, 1972, 2000, 2023, 2024, 2100, 9999]
        {
            for month in 0..12_i64 {
                let first = jiff::civil::date(year as i16, month as i8 + 1, 1);
                let since = first.to_zoned(TimeZone::UTC).unwrap().timestamp().as_second();
                assert_eq!(days_before(year, month), since / SECONDS_PER_DAY, "{year} {month}");
            }
        }
    }
}
