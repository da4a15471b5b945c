use firehose_core::{JsonLines, Record, Split, Timestamp, Transform};
use firehose_transforms::{
    csv::CsvRows,
    encode::{CsvEncoder, ElasticsearchBulk, Encode, Loki, SplunkHec, for_each_encoded},
};
use proptest::prelude::*;

use crate::encoding::{encoded, value};

/// The JSON values of an output must be valid, and have the items that do not fail.
#[tokio::test]
async fn a_failed_item_is_left_out_of_every_format() {
    async fn output(transform: impl Transform) -> String {
        let record = Record::new("1", "{\"n\":\"first\"}\n{\n{\"n\":\"last\"}\nx")
            .with_arrival_time(Timestamp::UNIX_EPOCH);
        let outcome = transform.transform(record).await.unwrap();
        String::from_utf8(outcome.into_output().unwrap().into_data().into()).unwrap()
    }
    let csv = CsvEncoder::new([("n", value(".n"))]).unwrap().with_header();
    let loki = Loki::new([("n", value(".n"))]).unwrap();
    let outputs = [
        output(for_each_encoded(JsonLines, csv).with_failed_items_left_out()).await,
        output(for_each_encoded(JsonLines, SplunkHec::new()).with_failed_items_left_out()).await,
        output(for_each_encoded(JsonLines, ElasticsearchBulk::new()).with_failed_items_left_out())
            .await,
        output(for_each_encoded(JsonLines, loki).with_failed_items_left_out()).await,
    ];
    assert_eq!(outputs[0], "n\nfirst\nlast\n");
    for output in &outputs[1..] {
        assert!(output.contains("first") && output.contains("last"), "{output}");
        for line in output.lines() {
            assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{output}");
        }
    }
}

proptest! {
    /// Reading rows that were written as CSV gives the same rows.
    #[test]
    fn written_rows_are_read_again(text in "([ab,\"\n\r é]{0,3},)*[a,\"\n]{0,9}") {
        let csv = CsvEncoder::new([("a", value(".a")), ("b", value(".b"))]).unwrap().with_header();
        let mut written = csv.start().to_vec();
        let mut rows = Vec::new();
        let read = CsvRows::with_names(["a", "b"]).unwrap().split(Record::new("1", text));
        for row in read.filter_map(Result::ok) {
            let row = row.into_data();
            csv.encode(&row, None, &mut written).unwrap();
            written.push(b'\n');
            rows.push(row);
        }
        let again = CsvRows::with_header().split(Record::new("1", written));
        let again: Vec<_> = again.map(|row| row.unwrap().into_data()).collect();
        prop_assert_eq!(again, rows);
    }

    /// For any item, an encoder fails or writes valid JSON, and a row of CSV has the text of the
    /// field.
    #[test]
    fn outputs_are_valid(item in "[{}\\[\\]\",:a1\n ]{0,12}|\\{\"a\":(\"[a,\n\r\\\\\\\\ é]*\"|[0-9]{1,20})\\}") {
        let object = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
        if let Ok(event) = encoded(&SplunkHec::new().with_host(value(".a?")), &item) {
            prop_assert!(object(&event) && !event.contains('\n'), "{}", event);
        }
        if let Ok(lines) = encoded(&ElasticsearchBulk::new().with_routing(value(".a?")), &item) {
            prop_assert!(lines.split('\n').map(object).eq([true, true]), "{}", lines);
        }
        if let Ok(entry) = encoded(&Loki::new([("a", value("x"))]).unwrap(), &item) {
            prop_assert!(object(&entry) && !entry.contains('\n'), "{}", entry);
        }
        for delimiter in [',', 'a', ' ', '\\'] {
            let columns = [("first", value(".a?")), ("constant", value("x\",\n a"))];
            let csv = CsvEncoder::new(columns).unwrap().with_delimiter(delimiter).unwrap();
            if let Ok(row) = encoded(&csv, &item) {
                let names = CsvRows::with_names(["first", "constant"]).unwrap();
                let rows = names.with_delimiter(delimiter).unwrap().split(Record::new("1", row.clone()));
                let rows: Vec<_> = rows.map(|row| row.unwrap().into_data()).collect();
                let rows: Vec<serde_json::Value> =
                    rows.iter().map(|row| serde_json::from_slice(row).unwrap()).collect();
                let expected = serde_json::json!({"first": text_of_a(&item), "constant": "x\",\n a"});
                prop_assert_eq!(rows, [expected], "{}", row);
            }
        }
    }
}

/// Returns the text of the member `a` of an item: a string without its quotes and escapes, anything else
/// as it is written, and an empty text for null and for an item without the member.
fn text_of_a(item: &str) -> String {
    let record = Record::new("1", item.to_owned());
    let Ok(members) = record.json_members() else { return String::new() };
    let members = members.filter_map(Result::ok).filter(|it| it.name().as_deref() == Some("a"));
    match members.last().map(|member| member.value) {
        None | Some("null") => String::new(),
        Some(json) => serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned()),
    }
}
