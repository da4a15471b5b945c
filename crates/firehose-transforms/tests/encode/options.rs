use firehose_transforms::{
    encode::{CsvEncoder, ElasticsearchBulk, Encode, FieldValue, Loki, SplunkHec},
    fields::TimeFormat,
    jq::{JqFilter, JqLimits},
};

use crate::encoding::{encoded, time, value};

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
