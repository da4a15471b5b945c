use std::fs;

use jiff::{
    civil::DateTime,
    tz::{Offset, TimeZone},
};
use proptest::prelude::*;

use super::*;

fn time(local: &str, zone: &str) -> Zoned {
    let zone = match zone.parse() {
        Ok(seconds) => TimeZone::fixed(Offset::from_seconds(seconds).unwrap()),
        Err(_) => TimeZone::UTC,
    };
    local.parse::<DateTime>().unwrap().to_zoned(zone).unwrap()
}

#[test]
fn every_pattern_gives_the_text_of_java() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/timestamp-formats");
    let table = fs::read_to_string(format!("{file}/java-17.tsv")).unwrap();
    let mut rows = table.lines().map(|row| row.split('\t'));
    let times: Vec<Zoned> = rows
        .next()
        .unwrap()
        .skip(1)
        .map(|cell| cell.split_once(' ').unwrap())
        .map(|(local, zone)| time(&local.replacen("-0005", "-000005", 1), zone))
        .collect();
    let mut patterns = 0;
    for mut row in rows {
        let pattern = row.next().unwrap();
        let expected: Vec<&str> = row.collect();
        match TimestampFormat::parse(pattern) {
            Ok(format) => {
                let found: Vec<String> = times.iter().map(|time| format.format(time)).collect();
                assert_eq!(found, expected, "{pattern}");
            }
            Err(error) => assert_eq!(expected, ["refused"], "{pattern}: {error}"),
        }
        patterns += 1;
    }
    assert!(patterns > 200 && times.len() == 6);
}

#[test]
fn an_error_names_the_letter() {
    let error = |pattern| TimestampFormat::parse(pattern).unwrap_err().to_string();
    insta::assert_snapshot!(
        ["yyyy-MM-ddTHH", "ddd", "F", "zzzz", "yyyy{", "'year", "pp/HH", "HH]"].map(error).join("\n"),
        @r"
    the letter `T` is not supported; put text in single quotes
    the letter `d` is not supported 3 times in a row
    the letter `F` is not supported; put text in single quotes
    the letter `z` is not supported 4 times in a row
    `{` is reserved; put it in single quotes
    a single quote is not closed; add another single quote
    `p` must be followed by the letter to pad
    a `]` has no `[` before it
    "
    );
}

#[test]
fn a_value_wider_than_its_padding_is_not_cut() {
    let format = TimestampFormat::parse("ppEEEE").unwrap();
    assert_eq!(format.format(&time("2018-08-27T10:30", "UTC")), "Monday");
}

proptest! {
    #[test]
    fn nothing_panics(
        pattern in "[a-zA-Z'\\[\\]/p]{0,12}|(yyyy|MM|dd|E|a|w|Y|W|S|x|pppp){0,8}",
        second in -377_705_023_201..=253_402_207_200i64,
    ) {
        let time = jiff::Timestamp::from_second(second).unwrap().to_zoned(TimeZone::UTC);
        if let Ok(format) = TimestampFormat::parse(&pattern) {
            format.format(&time);
        }
    }
}
