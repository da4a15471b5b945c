use firehose_transforms::{
    encode::{EventTime, Loki, SplunkHec},
    fields::TimeFormat,
};

use crate::encoding::{encoded, time, value};

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
