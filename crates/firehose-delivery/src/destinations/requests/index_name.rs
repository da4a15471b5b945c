use jiff::{Timestamp, civil::Weekday, tz::TimeZone};

use crate::delivery_stream::IndexRotation;

/// Returns the index of a document that arrived at this time:
/// <https://docs.aws.amazon.com/firehose/latest/dev/es-index-rotation.html>.
///
/// A week begins on Sunday, and the first week of a year is the first week with a Saturday in that
/// year, as the page says. The page also has an example, `myindex-2016-w08` for February 25, 2016,
/// which is week 9 by this rule. Our choice is to follow the rule.
pub(super) fn index_name(name: &str, rotation: IndexRotation, arrival: Timestamp) -> String {
    let time = arrival.to_zoned(TimeZone::UTC);
    let (year, month, day) = (time.year(), time.month(), time.day());
    match rotation {
        IndexRotation::NoRotation => name.to_owned(),
        IndexRotation::OneHour => {
            format!("{name}-{year:04}-{month:02}-{day:02}-{:02}", time.hour())
        }
        IndexRotation::OneDay => format!("{name}-{year:04}-{month:02}-{day:02}"),
        IndexRotation::OneWeek => {
            let date = time.date();
            let days = i64::from(Weekday::Saturday.since(date.weekday()));
            // The sum overflows only at the end of the calendar, where no record arrives.
            let saturday = date.checked_add(jiff::Span::new().days(days)).unwrap_or(date);
            let week = (saturday.day_of_year() - 1) / 7 + 1;
            format!("{name}-{:04}-w{week:02}", saturday.year())
        }
        IndexRotation::OneMonth => format!("{name}-{year:04}-{month:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(rotation: IndexRotation, time: &str) -> String {
        index_name("myindex", rotation, time.parse().unwrap())
    }

    #[test]
    fn the_arrival_in_utc_is_appended() {
        let names = [
            IndexRotation::NoRotation,
            IndexRotation::OneHour,
            IndexRotation::OneDay,
            IndexRotation::OneMonth,
        ]
        .map(|rotation| index(rotation, "2016-02-25T13:00:00Z"));
        assert_eq!(
            names,
            ["myindex", "myindex-2016-02-25-13", "myindex-2016-02-25", "myindex-2016-02"]
        );
    }

    #[test]
    fn a_week_begins_on_sunday_and_belongs_to_the_year_of_its_saturday() {
        for (time, expected) in [
            ("2016-02-25T13:00:00Z", "2016-w09"),
            // August 9, 2020 is a Sunday.
            ("2020-08-08T23:59:59Z", "2020-w32"),
            ("2020-08-09T00:00:00Z", "2020-w33"),
            // December 27, 2015 is the Sunday before the first Saturday of 2016.
            ("2015-12-26T00:00:00Z", "2015-w52"),
            ("2015-12-27T00:00:00Z", "2016-w01"),
            ("2022-12-31T00:00:00Z", "2022-w53"),
            ("2023-01-01T00:00:00Z", "2023-w01"),
        ] {
            let found = index(IndexRotation::OneWeek, time);
            assert_eq!(found, format!("myindex-{expected}"), "{time}");
        }
    }
}
