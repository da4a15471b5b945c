//! Tests of formats and their options, of outcomes of the transform, and of properties of any text.

use std::{fs, path::Path};

use firehose_core::{Outcome, Record, Transform};
use firehose_transforms::parse::{FormatOptions, LineFormat, Parse, Parsed};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use walkdir::WalkDir;

fn error_of(name: &str, options: &FormatOptions) -> String {
    LineFormat::with_options(name, options).unwrap_err().to_string()
}

#[test]
fn an_unknown_name_names_all_formats_and_the_nearest() {
    let error = error_of("vpc_flow_logs", &FormatOptions::default());
    assert!(error.starts_with(
        "the format `vpc_flow_logs` does not exist; did you mean `vpc_flow_log`? the formats are \
         apache_common, apache_combined, nginx, "
    ));
    assert!(error.ends_with(", csv, regex, grok"), "{error}");
    let error = error_of("xml", &FormatOptions::default());
    assert!(error.starts_with("the format `xml` does not exist; the formats are "), "{error}");
}

/// A log of AWS WAF may have 128 levels. The path of the member adds a level.
#[test]
fn a_member_with_too_many_levels_fails() {
    let waf = Parse::new(LineFormat::from_name("waf").unwrap());
    let log =
        |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    let mut out = b"before".to_vec();
    waf.parse_payload(&log(128), None, &mut out).unwrap();
    out.truncate(6);

    let waf = waf.with_into(".m").unwrap();
    waf.parse_payload(&log(127), None, &mut out).unwrap();
    out.truncate(6);
    let error = waf.parse_payload(&log(128), None, &mut out).unwrap_err();
    let expected = "member `.m`: the result has more than 128 levels of objects and arrays";
    assert_eq!((error.to_string().as_str(), &*out), (expected, &b"before"[..]));

    let waf = waf.with_from(".line").unwrap();
    let payload = serde_json::json!({ "line": log(128) }).to_string();
    let error = waf.parse_payload(&payload, None, &mut out).unwrap_err();
    assert_eq!((error.to_string().as_str(), &*out), (expected, &b"before"[..]));
}

#[test]
fn options_that_are_missing_or_without_effect_are_rejected() {
    let none = FormatOptions::default;
    for (name, options, expected) in [
        ("csv", none(), "the format `csv` needs the option `fields`"),
        ("regex", none(), "the format `regex` needs the option `pattern`"),
        (
            "cloudfront_real_time",
            none(),
            "the format `cloudfront_real_time` needs the option `fields`",
        ),
        (
            "alb",
            none().with_fields(["a"]),
            "the option `fields` has no effect on the format `alb`; remove the option",
        ),
        (
            "regex",
            none().with_pattern("(?<a>b)").with_definition("A", "b"),
            "the option `definitions` has no effect on the format `regex`; remove the option",
        ),
    ] {
        assert_eq!(error_of(name, &options), expected);
    }
}

#[test]
fn invalid_options_are_rejected_with_a_remedy() {
    let none = FormatOptions::default;
    for (name, options, problem) in [
        (
            "vpc_flow_log",
            none().with_fields(["${srcaddr} ${dst"]),
            "`${dst` is not the name of a field; write the format string of the flow log, such as \
             `${srcaddr} ${dstaddr}`",
        ),
        (
            "vpc_flow_log",
            none().with_fields(["srcaddr srcaddr"]),
            "the field `srcaddr` is listed twice",
        ),
        ("vpc_flow_log", none().with_fields(Vec::<String>::new()), "the list is empty"),
        (
            "cloudfront",
            none().with_fields(["date cs-host cs(Host)"]),
            "the field `cs(Host)` is listed twice",
        ),
        ("csv", none().with_fields(["a,b,a"]), "the field `a` is listed twice"),
        (
            "csv",
            none().with_fields(["a"]).with_delimiter('"'),
            "the delimiter must be an ASCII character other than a quote or a line break",
        ),
        ("syslog", none().with_time_zone("CET"), "write `UTC` or an offset such as `+02:00`"),
        (
            "regex",
            none().with_pattern("a(b)"),
            "the pattern has no named group; write for example `(?<status>[0-9]+)`",
        ),
        ("grok", none().with_pattern("%{NUMBR:n}"), "the pattern `NUMBR` is not defined"),
        (
            "grok",
            none().with_pattern("%{NUMBER:n:date}"),
            "`date` is not the type of a field; the types are string, int, long, float and double",
        ),
        (
            "grok",
            none().with_pattern("%{NUMBER:n"),
            "a reference is incomplete; write for example `%{NUMBER:bytes:int}`",
        ),
        (
            "grok",
            none().with_pattern("%{NUMBER}"),
            "the pattern has no field; write for example `%{NUMBER:bytes:int}`",
        ),
        (
            "grok",
            none().with_pattern("%{A:a}").with_definition("A", "x%{A}"),
            "patterns refer to each other more than 32 levels deep",
        ),
    ] {
        let error = error_of(name, &options);
        assert!(error.ends_with(&format!(" is invalid: {problem}")), "{error}");
    }
    let error = error_of("regex", &none().with_pattern("(?<a>"));
    assert!(error.contains("unclosed group"), "{error}");
}

/// Each level of the definitions doubles the length of the pattern.
#[test]
fn a_grok_pattern_that_expands_without_end_is_rejected() {
    let mut options = FormatOptions::default().with_pattern("%{P0:x}");
    for level in 0..30 {
        let next = format!("%{{P{0}}}%{{P{0}}}", level + 1);
        options = options.with_definition(format!("P{level}"), next);
    }
    let error = error_of("grok", &options.with_definition("P30", "x"));
    assert!(error.ends_with("the expanded pattern has more than 262144 bytes"), "{error}");
}

#[test]
fn every_pattern_of_the_grok_library_compiles() {
    let library = grok::patterns();
    assert!(library.len() > 300);
    for (name, _) in library {
        let options = FormatOptions::default().with_pattern(format!("%{{{name}:field}}"));
        LineFormat::with_options("grok", &options).unwrap();
    }
}

#[tokio::test]
async fn a_line_is_an_output_and_a_header_is_dropped() {
    let parse = Parse::new(LineFormat::from_name("cloudfront").unwrap());
    let outcome = parse.transform(Record::new("1", "#Version: 1.0\n")).await.unwrap();
    assert!(matches!(outcome, Outcome::Dropped));
    let parse = Parse::new(LineFormat::from_name("logfmt").unwrap());
    let outcome = parse.transform(Record::new("1", "a=1\r\n")).await.unwrap();
    assert_eq!(outcome.output().unwrap().data(), r#"{"a":"1"}"#);
    let error = parse.transform(Record::new("1", &b"a=\xff"[..])).await.unwrap_err();
    assert_eq!(error.to_string(), "invalid utf-8 sequence of 1 bytes from index 2");
}

#[tokio::test]
async fn the_arrival_time_of_the_record_gives_the_year_of_a_syslog_time() {
    let parse = Parse::new(LineFormat::from_name("syslog").unwrap());
    let record = Record::new("1", "<13>Dec 31 23:59:58 web01 cron: done")
        .with_arrival_time("2020-01-01T00:00:00Z".parse().unwrap());
    let outcome = parse.transform(record).await.unwrap();
    let json: Value = serde_json::from_slice(outcome.output().unwrap().data()).unwrap();
    assert_eq!(json["timestamp"], "2019-12-31T23:59:58Z");
}

#[test]
fn a_line_that_is_too_long_for_grok_fails() {
    let options = FormatOptions::default().with_pattern("%{GREEDYDATA:a}");
    let format = LineFormat::with_options("grok", &options).unwrap();
    let mut out = Vec::new();
    assert_eq!(format.parse_line(&"x".repeat(64 << 10), None, &mut out), Ok(Parsed::Object));
    let error = format.parse_line(&"x".repeat((64 << 10) + 1), None, &mut out).unwrap_err();
    assert_eq!(error.to_string(), "the line has more than 65536 bytes");
}

/// Returns every format without options if possible, and five formats with options.
fn parsers() -> Vec<LineFormat> {
    let options = FormatOptions::default;
    let with_options = [
        ("csv", options().with_fields(["a", "b"])),
        ("cloudfront_real_time", options().with_fields(["timestamp", "cs-uri-stem"])),
        ("vpc_flow_log", options().with_fields(["${srcaddr} ${bytes}"])),
        ("regex", options().with_pattern("(?<a>[a-z]*)-(?<b>.*)")),
        ("grok", options().with_pattern("%{WORD:a}%{GREEDYDATA:b}%{NUMBER:n:float}")),
    ];
    let without = LineFormat::names().filter_map(|name| LineFormat::from_name(name).ok());
    let with =
        with_options.map(|(name, options)| LineFormat::with_options(name, &options).unwrap());
    without.chain(with).collect()
}

#[derive(Deserialize)]
struct Sample {
    payload: Option<String>,
    payload_json: Option<Box<RawValue>>,
}

/// Returns the payload of each fixture.
fn samples() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/transforms/parse");
    let files = WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let texts = files.filter(|file| file.file_type().is_file()).map(|file| {
        let case: Sample = serde_json::from_slice(&fs::read(file.path()).unwrap()).unwrap();
        case.payload.unwrap_or_else(|| case.payload_json.unwrap().get().to_owned())
    });
    texts.collect()
}

/// Checks that a line becomes one valid JSON object, or an error without payload.
fn check(format: &LineFormat, line: &str) {
    let mut out = b"kept".to_vec();
    let parsed = format.parse_line(line, None, &mut out);
    let json = out.strip_prefix(b"kept").unwrap();
    match parsed {
        Ok(Parsed::Object) => {
            // Parsing to `Value` would limit the levels of nesting.
            let value: &RawValue = serde_json::from_slice(json).unwrap();
            assert!(value.get().starts_with('{'));
        }
        Ok(Parsed::Header) => assert!(json.is_empty()),
        Err(error) => {
            assert!(json.is_empty());
            // Only lines contain this letter, so an error with it shows payload.
            assert!(!error.to_string().contains('ж'), "{error}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_an_object_or_an_error_without_payload(
        line in "[ж \"\\\\\\[\\]{}<>=:,\\-0-9aT\t\n]{0,60}",
    ) {
        for format in parsers() {
            check(&format, &line);
        }
    }

    #[test]
    fn a_changed_line_is_an_object_or_an_error_without_payload(
        sample in prop::sample::select(samples()),
        edits in prop::collection::vec((any::<prop::sample::Index>(), "[ж \"\\\\\\[\\]{}=:\\-0-9]{0,2}"), 1..4),
    ) {
        let mut letters: Vec<String> = sample.chars().map(String::from).collect();
        for (at, replacement) in edits {
            if !letters.is_empty() {
                let at = at.index(letters.len());
                letters[at] = replacement;
            }
        }
        for format in parsers() {
            check(&format, &letters.concat());
        }
    }

    #[test]
    fn members_that_the_line_does_not_set_keep_their_bytes(
        before in members(), after in members(), into in prop::option::of("[x-z]"),
    ) {
        let mut parse = Parse::new(LineFormat::from_name("logfmt").unwrap())
            .with_from(".line").unwrap();
        if let Some(name) = &into {
            parse = parse.with_into(&format!(".{name}")).unwrap();
        }
        let line = (r#""line""#.to_owned(), r#""k=v""#.to_owned());
        let all: Vec<_> = before.into_iter().chain([line]).chain(after).collect();
        let texts: Vec<_> = all.iter().map(|(key, value)| format!("{key} : {value}")).collect();
        let mut out = Vec::new();
        parse.parse_payload(&format!("{{ {} }}", texts.join(" , ")), None, &mut out).unwrap();
        let replaced = into.unwrap_or_else(|| "k".to_owned());
        let is_replaced = |key: &str| serde_json::from_str::<String>(key).unwrap() == replaced;
        let kept = |members: Vec<(String, String)>| -> Vec<_> {
            members.into_iter().filter(|(key, _)| !is_replaced(key)).collect()
        };
        prop_assert_eq!(kept(members_of(&out)), kept(all));
    }
}

/// Returns the members of an object: the unchanged text of keys and values.
fn members_of(json: &[u8]) -> Vec<(String, String)> {
    let record = Record::new("1", json.to_vec());
    let members = record.json_members().unwrap().map(Result::unwrap);
    members.map(|member| (member.key.to_owned(), member.value.to_owned())).collect()
}

/// Generates members: the JSON text of keys and values, with escapes and long numbers.
fn members() -> impl Strategy<Value = Vec<(String, String)>> {
    let key = prop_oneof![
        "\"[k-z]\"",
        Just("\"\\u006b\"".to_owned()),
        Just("\"\\u0078\"".to_owned()),
        Just("\"a\\\"b\"".to_owned()),
    ];
    let value = prop_oneof![
        "-?[1-9][0-9]{0,30}(\\.[0-9]{1,4})?(e[0-9])?",
        Just("{ \"k\" : [ 1.50 ] }".to_owned()),
        Just("\"\\u00e9\\n\"".to_owned()),
        Just("null".to_owned()),
    ];
    prop::collection::vec((key, value), 0..6).prop_map(|members| {
        members
            .into_iter()
            .inspect(|(_, value)| assert!(serde_json::from_str::<&RawValue>(value).is_ok()))
            .collect()
    })
}
