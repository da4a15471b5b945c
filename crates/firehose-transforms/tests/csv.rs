//! Splits CSV into rows, with valid and faulty rows.

use firehose_core::{Bytes, InvalidItem, Record, Split};
use firehose_transforms::csv::CsvRows;
use proptest::prelude::*;

/// Returns the texts of the items. An error of an item begins with `item: `, and an error of the
/// record with `record: `.
fn items(rows: &CsvRows, data: impl Into<Bytes>) -> Vec<String> {
    let items = rows.split(Record::new("1", data));
    items
        .map(|item| match item {
            Ok(item) => item.text().unwrap().to_owned(),
            Err(error) => match error.downcast::<InvalidItem>() {
                Ok(error) => format!("item: {error}"),
                Err(error) => format!("record: {error}"),
            },
        })
        .collect()
}

#[test]
fn rows_are_objects_with_the_names_of_the_header() {
    let rows = CsvRows::with_header();
    for (data, expected) in [
        ("", &[][..]),
        ("\n\r\n", &[]),
        ("\u{feff}", &[]),
        ("a,b\n", &[]),
        ("a\n1", &[r#"{"a":"1"}"#]),
        (
            "\u{feff}a,\"b\"\"\n\"\r\n1,\r\n\r\n\"\n\",é\r",
            &[r#"{"a":"1","b\"\n":""}"#, r#"{"a":"\n","b\"\n":"é"}"#],
        ),
        ("a,b\n1,2\na,b\n3,4", &[r#"{"a":"1","b":"2"}"#, r#"{"a":"3","b":"4"}"#]),
        (
            "a,b\n1\n1,2,3\n1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19\n1,2",
            &[
                "item: the row has 1 of 2 fields",
                "item: the row has more than 2 fields",
                "item: the row has more than 2 fields",
                r#"{"a":"1","b":"2"}"#,
            ],
        ),
        ("a,b\n1,\"2\n3,4", &["record: a quoted field of the row has no closing quote"]),
        ("a,b,a\n1,2,3", &["record: the columns 1 and 3 of the header have the same name"]),
        ("\"a", &["record: a quoted field of the row has no closing quote"]),
    ] {
        assert_eq!(items(&rows, data), expected, "{data:?}");
    }
    let bytes = b"a\n\xff\n1\n".to_vec();
    assert_eq!(items(&rows, bytes), ["item: the row is not UTF-8", r#"{"a":"1"}"#]);
}

#[test]
fn a_header_has_a_limited_number_of_columns() {
    let header = ",".repeat(1_000_000);
    let errors = items(&CsvRows::with_header(), header);
    assert_eq!(errors, ["record: the row has more than 16384 fields"]);
}

#[test]
fn an_invalid_item_has_the_bytes_of_its_row() {
    let mut items = CsvRows::with_header().split(Record::new("1", "a,b\n\n1\r\n2,3"));
    let error = items.next().unwrap().unwrap_err().downcast::<InvalidItem>().unwrap();
    assert_eq!(error.item().data().trim_ascii(), b"1");
    assert_eq!(items.next().unwrap().unwrap().data(), r#"{"a":"2","b":"3"}"#);
}

#[test]
fn long_names_and_many_rows_stop_at_the_limit() {
    let data = format!("{}\n{}", "n".repeat(1000), "1\n".repeat(1000));
    let rows = CsvRows::with_header().with_max_bytes(10_000);
    let items = items(&rows, data);
    assert_eq!(items.len(), 10);
    assert_eq!(items[9], "record: the rows of the record take more than 10000 bytes as JSON");
}

#[test]
fn a_repeated_header_may_be_longer_than_what_is_left() {
    let header = format!("{},b\n", "n".repeat(300));
    let rows = CsvRows::with_header().with_max_bytes(400);
    let found = items(&rows, format!("{header}1,2\n{header}{header}"));
    assert_eq!(found.len(), 1, "{found:?}");
    let found = items(&rows, format!("{header}1,2\n{header}{},4", "3".repeat(300)));
    assert_eq!(found[1], "record: the rows of the record take more than 400 bytes as JSON");
}

#[test]
fn options_that_csv_cannot_have_are_errors() {
    let none: [&str; 0] = [];
    for (error, expected) in [
        (CsvRows::with_names(none).unwrap_err(), "name at least one column"),
        (CsvRows::with_names(["a", "b", "a"]).unwrap_err(), "two columns have the name `a`"),
        (
            CsvRows::with_header().with_delimiter('é').unwrap_err(),
            "the delimiter 'é' must be one ASCII character other than a quote and a line break",
        ),
    ] {
        assert_eq!(error.to_string(), expected);
    }
}

proptest! {
    /// Reading rows that were written as in RFC 4180 gives the same rows.
    #[test]
    fn written_rows_are_read_again(
        rows in (1..6_usize).prop_flat_map(|columns| {
            prop::collection::vec(prop::collection::vec("[a,\"\n\r é]{0,4}", columns), 0..8)
        }),
    ) {
        let names: Vec<_> = (0..rows.first().map_or(1, Vec::len)).map(|it| format!("c{it}")).collect();
        let quoted = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
        let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",");
        let text = [names.join(",")].into_iter().chain(rows.iter().map(line)).collect::<Vec<_>>();
        let expected: Vec<_> = rows.iter().map(|row| {
            let members = names.iter().zip(row).map(|(name, field)| {
                format!("\"{name}\":{}", serde_json::Value::from(field.as_str()))
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }).collect();
        prop_assert_eq!(items(&CsvRows::with_header(), text.join("\r\n")), expected);
    }

    #[test]
    fn splitting_any_bytes_ends(data: Vec<u8>, text in "[a,\"\n\r]*") {
        for data in [data, text.into_bytes()] {
            let items = CsvRows::with_names(["a", "b"]).unwrap().split(Record::new("1", data.clone()));
            prop_assert!(items.count() <= data.len());
        }
    }
}
