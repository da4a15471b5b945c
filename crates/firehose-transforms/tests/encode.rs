//! Encoders: items in the form of other targets.

use firehose_core::{JsonLines, Outcome, Record, Split, Timestamp, Transform, error_chain};
use firehose_transforms::{
    csv::CsvRows,
    encode::{
        BulkAction, CsvEncoder, ElasticsearchBulk, Encode, EventTime, FieldValue, Loki, SplunkHec,
        for_each_encoded,
    },
    fields::TimeFormat,
    jq::{JqFilter, JqLimits},
};
use proptest::prelude::*;

fn value(text: &str) -> FieldValue {
    text.parse().unwrap()
}

fn time(text: &str) -> EventTime {
    EventTime::new(value(text))
}

/// Returns the text of an item, or its error.
fn encoded(encoder: &(impl Encode + ?Sized), item: &str) -> Result<String, String> {
    let mut out = Vec::new();
    let arrival_time = Timestamp::from_millisecond(1_769_817_600_123).ok();
    match encoder.encode(&item.to_owned().into(), arrival_time, &mut out) {
        Ok(()) => Ok(String::from_utf8(out).unwrap()),
        Err(error) => Err(error_chain(&error)),
    }
}

async fn joined<E: Encode + Transform>(encoder: E, record: &'static str) -> String {
    let outcome = for_each_encoded(JsonLines, encoder).transform(Record::new("1", record)).await;
    match outcome.into() {
        Outcome::Ok(output) => String::from_utf8(output.into_data().into()).unwrap(),
        other => format!("{other:?}"),
    }
}

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

/// Returns one encoder of each kind, whose options are these two filters, and the names of the options.
fn encoders(filters: [JqFilter; 2]) -> Vec<(Box<dyn Encode>, [&'static str; 2])> {
    let [a, b] = filters.map(FieldValue::filter);
    let labels = [("a", a.clone()), ("b", b.clone())];
    vec![
        (Box::new(CsvEncoder::new(labels.clone()).unwrap()), ["column a", "column b"]),
        (Box::new(SplunkHec::new().with_host(a.clone()).with_index(b.clone())), ["host", "index"]),
        (Box::new(ElasticsearchBulk::new().with_id(a).with_routing(b)), ["id", "routing"]),
        (Box::new(Loki::new(labels).unwrap()), ["labels, a", "labels, b"]),
    ]
}

#[test]
fn each_filter_has_the_limits_that_it_has_alone() {
    let default = JqLimits::default();
    for (filter, limits, fits, too_much) in [
        (
            ".a | [range(.)] | length",
            default.with_operations(1000),
            r#"{"a":200}"#.to_owned(),
            r#"{"a":1000}"#.to_owned(),
        ),
        (
            ".a * \"x\"",
            default.with_bytes(1000),
            r#"{"a":400}"#.to_owned(),
            r#"{"a":2000}"#.to_owned(),
        ),
    ] {
        let filter = JqFilter::new(filter).unwrap().with_limits(limits);
        let constant = JqFilter::new(". | \"x\"").unwrap();
        for (encoder, _) in encoders([filter.clone(), filter.clone()]) {
            assert!(encoded(&*encoder, &fits).is_ok(), "{filter:?} {encoder:?}");
        }
        for (encoder, [_, second]) in encoders([constant, filter.clone()]) {
            let error = encoded(&*encoder, &too_much).unwrap_err();
            assert!(error.starts_with(&format!("{second}: the filter ")), "{filter:?} {error}");
        }
    }
}

#[test]
fn a_value_may_have_the_levels_of_the_item() {
    let arrays = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    let item = format!(r#"{{"time":1769817600,"host":"h","a":{}}}"#, arrays(127));
    let splunk = || SplunkHec::new().with_time(time(".time")).unwrap().with_host(value(".host"));
    let loki = || Loki::new([("host", value(".host"))]).unwrap().with_time(time(".time")).unwrap();
    let columns = [("host", value(".host")), ("a", value(".a"))];
    let encoders: [Box<dyn Encode>; 4] = [
        Box::new(CsvEncoder::new(columns).unwrap()),
        Box::new(splunk()),
        Box::new(splunk().with_event(value(".a"))),
        Box::new(loki().with_line(value(".a"))),
    ];
    for encoder in encoders {
        let text = encoded(&*encoder, &item).unwrap();
        assert!(text.contains(&arrays(127)), "{text}");
        let too_deep = item.replacen('[', "[[", 1).replacen(']', "]]", 1);
        let error = encoded(&*encoder, &too_deep).unwrap_err();
        assert!(error.starts_with("the item is not valid JSON: "), "{error}");
    }
}

#[test]
fn a_filter_ends_where_it_ends_alone() {
    let filters = || [".a # \\", ".b # \\\\"].map(|text| JqFilter::new(text).unwrap());
    for (encoder, _) in encoders(filters()) {
        let text = encoded(&*encoder, r#"{"a":"first","b":"second"}"#).unwrap();
        assert!(text.contains("first") && text.contains("second"), "{text}");
    }
}

#[test]
fn a_repeated_name_is_an_error() {
    let twice = || [("a", value(".x")), ("b", value(".y")), ("a", value(".z"))];
    let loki =
        || Loki::new([("app", value("x"))]).unwrap().with_metadata("a", value(".x")).unwrap();
    let splunk = || SplunkHec::new().with_field("a", value(".x")).unwrap();
    for (error, expected) in [
        (CsvEncoder::new(twice()).unwrap_err(), "two columns have the name `a`"),
        (Loki::new(twice()).unwrap_err(), "two labels have the name `a`"),
        (loki().with_metadata("a", value(".y")).unwrap_err(), "two values have the name `a`"),
        (splunk().with_field("a", value(".y")).unwrap_err(), "two fields have the name `a`"),
    ] {
        assert_eq!(error.to_string(), expected);
    }
    // A label and metadata are different members.
    assert!(loki().with_metadata("app", value(".y")).is_ok());
}

/// An option that is set twice has the second value, and each member of the output once.
#[test]
fn an_option_that_is_set_twice_is_replaced() {
    let (first, second) = (|| value("first"), || value("second"));
    let splunk = SplunkHec::new()
        .with_time(time(".first").with_format(TimeFormat::EpochMillis))
        .unwrap()
        .with_time(time(".at"))
        .unwrap()
        .with_host(first())
        .with_source(first())
        .with_sourcetype(first())
        .with_index(first())
        .with_event(first());
    let splunk = splunk
        .with_event(second())
        .with_index(second())
        .with_sourcetype(second())
        .with_source(second())
        .with_host(second());
    let bulk = ElasticsearchBulk::new()
        .with_index(first())
        .unwrap()
        .with_id(first())
        .with_routing(first())
        .with_pipeline(first());
    let bulk = bulk.with_pipeline(second()).with_routing(second()).with_id(second());
    let bulk = bulk.with_index(second()).unwrap();
    let loki = Loki::new([("app", second())]).unwrap();
    let loki = loki.with_time(time(".first").with_format(TimeFormat::EpochMillis)).unwrap();
    let loki = loki.with_line(first()).with_time(time(".at")).unwrap().with_line(second());
    for (encoder, expected) in [
        (
            &splunk as &dyn Encode,
            r#"{"time":7,"host":"second","source":"second","sourcetype":"second","index":"second","event":"second"}"#,
        ),
        (
            &bulk,
            "{\"index\":{\"_index\":\"second\",\"_id\":\"second\",\"routing\":\"second\",\"pipeline\":\"second\"}}\n{\"at\":7}",
        ),
        (&loki, r#"{"stream":{"app":"second"},"values":[["7000000000","second"]]}"#),
    ] {
        assert_eq!(encoded(encoder, r#"{"at":7}"#).as_deref(), Ok(expected));
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

#[test]
fn a_splunk_event_has_the_metadata_that_the_item_has() {
    let splunk = SplunkHec::new()
        .with_time(time(".time"))
        .unwrap()
        .with_host(value(".host"))
        .with_source(value("lambda"))
        .with_sourcetype(value("_json"))
        .with_index(value(".index"))
        .with_field("level", value(".level"))
        .and_then(|splunk| splunk.with_field("tags", value(".tags")))
        .unwrap();
    for (item, expected) in [
        ("1", Err("time: the jq filter failed: Cannot index number with string")),
        ("{}", Ok(r#"{"source":"lambda","sourcetype":"_json","event":{}}"#)),
        (
            "{\"time\":1769817600.25,\n\"host\":\"h\",\"index\":\"main\",\"level\":3,\"tags\":[\"a\"]}",
            Ok(
                r#"{"time":1769817600.25,"host":"h","source":"lambda","sourcetype":"_json","index":"main","event":{"time":1769817600.25,"host":"h","index":"main","level":3,"tags":["a"]},"fields":{"level":3,"tags":["a"]}}"#,
            ),
        ),
        (
            r#"{"time":"2026-01-31T00:00:00Z","host":""}"#,
            Ok(
                r#"{"time":1769817600,"source":"lambda","sourcetype":"_json","event":{"time":"2026-01-31T00:00:00Z","host":""}}"#,
            ),
        ),
        (
            r#"{"time":"noon"}"#,
            Err("time: the value is not a time such as \"2026-01-31T12:30:00Z\""),
        ),
        (
            r#"{"time":1769817600123}"#,
            Err(
                "time: the value is not a time in seconds; if it is in milliseconds, set the format to `epoch_millis`",
            ),
        ),
        (
            r#"{"host":[]}"#,
            Err("host: the value is an array; it must be a text, a number or a boolean"),
        ),
        (
            r#"{"time":1769817600,"tags":["a{b"]}"#,
            Ok(
                r#"{"time":1769817600,"source":"lambda","sourcetype":"_json","event":{"time":1769817600,"tags":["a{b"]},"fields":{"tags":["a{b"]}}"#,
            ),
        ),
        (
            r#"{"tags":[1,[2]]}"#,
            Err(
                "fields, tags: the value has an object or a nested array; Splunk accepts only texts, numbers, booleans and arrays of these",
            ),
        ),
        (
            r#"{"level":{}}"#,
            Err(
                "fields, level: the value has an object or a nested array; Splunk accepts only texts, numbers, booleans and arrays of these",
            ),
        ),
    ] {
        let encoded = encoded(&splunk, item);
        assert_eq!(encoded.as_deref().map_err(String::as_str), expected, "{item}");
    }
}

#[test]
fn a_splunk_event_is_never_empty() {
    let whole = SplunkHec::new();
    let message = SplunkHec::new().with_event(value(".message"));
    for (encoder, item, expected) in [
        (&whole, "\"a\"", Ok(r#"{"event":"a"}"#)),
        (&whole, "null", Err("the item is empty, and Splunk accepts no empty event")),
        (&whole, " \"\" ", Err("the item is empty, and Splunk accepts no empty event")),
        (
            &whole,
            "{",
            Err("the item is not valid JSON: expected a key in quotes at line 1 column 2"),
        ),
        (&message, r#"{"message":{"a": 1}}"#, Ok(r#"{"event":{"a": 1}}"#)),
        (
            &message,
            r#"{"message":""}"#,
            Err("event: the value is null or empty, and Splunk accepts no empty event"),
        ),
        (
            &message,
            "{}",
            Err("event: the value is null or empty, and Splunk accepts no empty event"),
        ),
    ] {
        let encoded = encoded(encoder, item);
        assert_eq!(encoded.as_deref().map_err(String::as_str), expected, "{item}");
    }
}

#[test]
fn a_constant_time_must_be_a_time() {
    use TimeFormat::{EpochMillis, EpochSeconds, Rfc3339};
    let rfc3339 = "is not a time such as \"2026-01-31T12:30:00Z\"";
    let seconds = "is not a number of seconds since 1970";
    let millis = "is not a number of milliseconds since 1970";
    for (text, format, problem) in [
        ("2026-01-31T12:30:00Z", None, None),
        ("2026-01-31 12:30:00+01:00", Some(Rfc3339), None),
        ("1769817600", Some(EpochSeconds), None),
        ("1769817600123", Some(EpochMillis), None),
        ("time", None, Some(rfc3339)),
        ("", None, Some(rfc3339)),
        ("1769817600", None, Some(rfc3339)),
        ("2026-01-31", Some(Rfc3339), Some(rfc3339)),
        ("2026-01-31T12:30:00Z", Some(EpochSeconds), Some(seconds)),
        ("noon", Some(EpochMillis), Some(millis)),
    ] {
        let time = || {
            let time = EventTime::new(value(text));
            if let Some(format) = format { time.with_format(format) } else { time }
        };
        let splunk = SplunkHec::new().with_time(time());
        let loki = Loki::new([("app", value("x"))]).unwrap().with_time(time());
        let Some(problem) = problem else {
            // A constant that is accepted fails no item.
            assert!(
                encoded(&splunk.unwrap(), "1").unwrap().starts_with("{\"time\":1769"),
                "{text}"
            );
            assert!(encoded(&loki.unwrap(), "1").unwrap().contains("[\"1769"), "{text}");
            continue;
        };
        for error in [splunk.unwrap_err(), loki.unwrap_err()] {
            let start = format!("time: the constant `{text}` {problem}; write a jq filter ");
            assert!(error.to_string().starts_with(&start), "{error}");
        }
    }
}

#[test]
fn a_time_in_milliseconds_keeps_them() {
    let time = time(".t").with_format(TimeFormat::EpochMillis);
    let splunk = SplunkHec::new().with_time(time).unwrap().with_event(value("x"));
    for (item, expected) in [
        (r#"{"t":1769817600123}"#, Ok(r#"{"time":1769817600.123,"event":"x"}"#)),
        (r#"{"t":null}"#, Ok(r#"{"event":"x"}"#)),
        (r#"{"t":[]}"#, Err("time: the value is not a number of milliseconds since 1970")),
    ] {
        let encoded = encoded(&splunk, item);
        assert_eq!(encoded.as_deref().map_err(String::as_str), expected, "{item}");
    }
}

#[tokio::test]
async fn a_bulk_action_precedes_each_document() {
    let bulk = ElasticsearchBulk::new()
        .with_action(BulkAction::Create)
        .with_index(value("logs"))
        .unwrap()
        .with_id(value(".id"))
        .with_routing(value(".tenant"))
        .with_pipeline(value(".pipeline"));
    assert_eq!(
        joined(bulk.clone(), "{\"id\":1}\n{\"id\":\"é\",\"tenant\":\"t\"}").await,
        concat!(
            "{\"create\":{\"_index\":\"logs\",\"_id\":\"1\"}}\n{\"id\":1}\n",
            "{\"create\":{\"_index\":\"logs\",\"_id\":\"é\",\"routing\":\"t\"}}\n",
            "{\"id\":\"é\",\"tenant\":\"t\"}\n"
        )
    );
    for (item, expected) in [
        ("[]", "the item is not a JSON object"),
        (r#"{"id":""}"#, "id: the value is null or empty"),
        (r#"{"id":{}}"#, "id: the value is an object; it must be a text, a number or a boolean"),
    ] {
        assert_eq!(encoded(&bulk, item), Err(expected.to_owned()), "{item}");
    }
    let plain = ElasticsearchBulk::new();
    assert_eq!(encoded(&plain, "{\n}").as_deref(), Ok("{\"index\":{}}\n{}"));
    assert!(encoded(&plain, "{").unwrap_err().starts_with("the item is not valid JSON"));
}

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

#[tokio::test]
async fn a_record_is_one_push_request_of_loki() {
    let loki = Loki::new([("app", value(".app")), ("env", value("prod"))])
        .unwrap()
        .with_time(time(".t"))
        .unwrap()
        .with_line(value(".m"))
        .with_metadata("trace", value(".trace"))
        .unwrap();
    let push =
        joined(loki.clone(), "{\"app\":\"a\",\"t\":1,\"m\":\"x\"}\n{\"t\":2,\"m\":{},\"trace\":7}")
            .await;
    assert_eq!(
        push,
        concat!(
            r#"{"streams":[{"stream":{"app":"a","env":"prod"},"values":[["1000000000","x"]]},"#,
            r#"{"stream":{"env":"prod"},"values":[["2000000000","{}",{"trace":"7"}]]}]}"#,
            "\n"
        )
    );
    assert_eq!(encoded(&loki, "{}"), Err("line: the value is null".to_owned()));
    let at_arrival = encoded(&loki, r#"{"m":"x"}"#).unwrap();
    assert!(at_arrival.contains("[\"1769817600123000000\",\"x\"]"), "{at_arrival}");
}

#[tokio::test]
async fn loki_needs_a_label_and_a_time() {
    let loki = Loki::new([("app", value(".app?"))]).unwrap();
    let lines = encoded(&loki, "{\"app\":\"a\",\n\"b\":1}").unwrap();
    assert!(lines.ends_with(r#""{\"app\":\"a\",\"b\":1}"]]}"#), "{lines}");
    assert_eq!(
        encoded(&loki, "\"text\""),
        Err("labels: the value of every label is null or empty".to_owned())
    );
    let constant = Loki::new([("app", value("a"))]).unwrap();
    let text = encoded(&constant, r#""a \"text\"""#).unwrap();
    assert!(text.ends_with(r#","a \"text\""]]}"#), "{text}");
    assert_eq!(
        joined(constant, "1").await,
        "ProcessingFailed(Value { option: \"time\", problem: \"is null, and the record has no arrival time\" })"
    );
    let none: [(&str, FieldValue); 0] = [];
    for (labels, expected) in [
        (Loki::new(none), "name at least one label; Loki needs one"),
        (
            Loki::new([("1a", value("x"))]),
            "`1a` is not the name of a label; use ASCII letters, digits and `_`, and no digit at the start",
        ),
    ] {
        assert_eq!(labels.unwrap_err().to_string(), expected);
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
