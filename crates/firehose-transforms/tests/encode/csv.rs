use firehose_transforms::encode::CsvEncoder;

use crate::encoding::{encoded, joined, value};

#[test]
fn a_row_of_csv_has_the_text_of_each_value() {
    let csv = CsvEncoder::new([
        ("a", value(".a")),
        ("b", value(".b.c # comment")),
        ("constant", value("x")),
        ("several", value(".d[]?")),
    ])
    .unwrap();
    for (item, expected) in [
        (r#"{"a":"x","b":{"c":1.50},"d":[1,2]}"#, "x,1.50,x,1"),
        (r#"{"a":"\"q\", \u00e9\n"}"#, "\"\"\"q\"\", é\n\",,x,"),
        (r#"{"a":[1, {"k":"v"}],"b":{"c":null},"d":[]}"#, "\"[1, {\"\"k\"\":\"\"v\"\"}]\",,x,"),
        (r#"{"a":true,"b":{"c":" "}}"#, "true, ,x,"),
    ] {
        assert_eq!(encoded(&csv, item).as_deref(), Ok(expected), "{item}");
    }
    for (item, expected) in [
        ("{", "the item is not valid JSON: expected a key in quotes at line 1 column 2"),
        (r#"{"b":1}"#, "column b: the jq filter failed: Cannot index number with string"),
        (r#"{"a":"\ud800"}"#, "column a: the value has half of a surrogate pair"),
    ] {
        assert_eq!(encoded(&csv, item), Err(expected.to_owned()), "{item}");
    }
}

#[test]
fn a_row_of_one_empty_field_is_quoted() {
    let csv = CsvEncoder::new([("a", value(".a"))]).unwrap();
    assert_eq!(encoded(&csv, "{}").as_deref(), Ok("\"\""));
}

#[tokio::test]
async fn a_header_begins_the_rows_of_a_record() {
    let columns = [("a;b", value(".a")), ("c", value(".c"))];
    let csv = CsvEncoder::new(columns).unwrap().with_delimiter(';').unwrap();
    assert_eq!(joined(csv.clone(), "{}\n{}").await, ";\n;\n");
    assert_eq!(joined(csv.with_header(), "{\"c\":1}\n{}").await, "\"a;b\";c\n;1\n;\n");
}
