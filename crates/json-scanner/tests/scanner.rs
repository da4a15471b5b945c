//! The scanner accepts exactly the texts that `serde_json` accepts, and returns them unchanged.

use json_scanner::{JsonKey, JsonScanner, JsonSyntaxError};
use proptest::prelude::*;
use serde::de::IgnoredAny;

fn read(text: &str) -> Result<&str, JsonSyntaxError> {
    let mut scanner = JsonScanner::new(text);
    let value = scanner.value()?;
    scanner.end()?;
    Ok(value)
}

/// Generates pieces of JSON in any order, some of them invalid.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec!["{", "}", "[", "]", ",", ":", "\"a\"", "1", " "]),
        2 => prop::sample::select(vec![
            "true", "false", "null", "-", "0", ".", "e", "E", "+", "12", "-0.5e-3", "\n", "\t",
            "\"", "\\", "\"\\u00e9\"", "\"\\ud800\"", "\"\\x\"",
            "\"é and more than thirty-two bytes of text\"",
            "\u{1}", "\"\u{7f}\"", "nul", "tru e",
        ]),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Generates valid JSON.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        any::<f64>().prop_map(|number| serde_json::to_string(&number).unwrap()),
        Just("null".to_owned()),
        Just("true".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        let member = (any::<String>(), inner.clone())
            .prop_map(|(key, value)| format!("{}: {value}", serde_json::to_string(&key).unwrap()));
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..5).prop_map(|all| format!("{{{}}}", all.join(" ,\n"))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn accepts_exactly_what_serde_json_accepts(text in texts()) {
        let expected = serde_json::from_str::<IgnoredAny>(&text).is_ok();
        prop_assert_eq!(read(&text).is_ok(), expected, "{:?}", read(&text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn returns_whole_values_and_rejects_truncated_ones(
        text in json(),
        cut in any::<prop::sample::Index>(),
    ) {
        prop_assert_eq!(read(&text), Ok(text.as_str()));
        let cut = text.floor_char_boundary(cut.index(text.len()));
        let expected = serde_json::from_str::<IgnoredAny>(&text[..cut]).is_ok();
        prop_assert_eq!(read(&text[..cut]).is_ok(), expected);
    }
}

#[test]
fn passes_deeply_nested_values_without_recursion() {
    let deep = "[{\"a\":".repeat(100_000) + "1" + &"}]".repeat(100_000);
    assert_eq!(read(&deep), Ok(deep.as_str()));
}

#[test]
fn errors_name_the_expected_text_and_its_offset() {
    for (text, expected) in [
        ("", "expected a value at byte 0"),
        ("[1 2]", "expected `,` or `]` at byte 3"),
        ("{\"a\" 1}", "expected `:` at byte 5"),
        ("{1:2}", "expected a key in quotes at byte 1"),
        ("\"abc", "expected a closing `\"` at byte 4"),
        ("\"a\nc\"", "expected no control character in a string at byte 2"),
        ("\"a\\x\"", "expected a valid escape at byte 2"),
        ("01", "expected the end of the text at byte 1"),
        ("-", "expected a digit at byte 1"),
        ("1.e3", "expected a digit at byte 2"),
    ] {
        assert_eq!(read(text).unwrap_err().to_string(), expected, "{text}");
    }
}

#[test]
fn a_located_error_counts_lines_and_columns_from_1() {
    for (text, expected) in [
        ("", "expected a value at line 1 column 1"),
        ("[1 2]", "expected `,` or `]` at line 1 column 4"),
        ("{\n\"a\":\n  x}", "expected a value at line 3 column 3"),
    ] {
        assert_eq!(read(text).unwrap_err().in_text(text).to_string(), expected, "{text:?}");
    }
    let bytes = b"[\n\"\xff\"]".to_vec();
    let error = JsonSyntaxError::from(std::str::from_utf8(&bytes).unwrap_err());
    assert_eq!(error.in_text(&bytes).to_string(), "expected UTF-8 at line 2 column 2");
}

#[test]
fn take_key_passes_only_the_expected_key() {
    const ID: JsonKey = JsonKey::new("id");
    const REST: &str = "1, \"padding\": \"longer than the window of 32 bytes\"}";
    for (start, expected) in [
        ("{\"id\":", true),
        ("{\"id\" :", false),
        ("{ \"id\":", false),
        ("{\"ie\":", false),
        ("{\"idx\":", false),
        ("{\"i\\u0064\":", false),
    ] {
        let text = [start, REST].concat();
        let mut scanner = JsonScanner::new(&text);
        scanner.object().unwrap();
        let offset = scanner.offset();
        assert_eq!(scanner.take_key(&ID), expected, "{text}");
        if !expected {
            assert_eq!(scanner.offset(), offset, "{text}");
            assert!(scanner.key().unwrap().is_some(), "{text}");
        }
        assert_eq!(scanner.value(), Ok("1"), "{text}");
    }
}

/// Callers may compute the offset of a value from its address.
#[test]
fn every_value_is_a_slice_of_the_text() {
    let text = "[null, true, false, 1, \"\", {}, []]".to_owned();
    let mut scanner = JsonScanner::new(&text);
    scanner.array().unwrap();
    while scanner.item().unwrap() {
        let value = scanner.value().unwrap();
        let end = scanner.offset();
        assert_eq!(value.as_ptr(), text[end - value.len()..].as_ptr(), "{value}");
    }
}

#[test]
fn value_within_accepts_exactly_its_levels() {
    for levels in 1..300 {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let text = format!("{}1{}", open.repeat(levels), close.repeat(levels));
            let value = |limit| JsonScanner::new(&text).value_within(limit);
            assert_eq!(value(levels), Ok(text.as_str()));
            let error = value(levels - 1).unwrap_err();
            assert_eq!(error.offset(), (levels - 1) * open.len(), "{levels}");
        }
    }
    assert_eq!(JsonScanner::new("[[],[[]],{}] 1").value_within(3), Ok("[[],[[]],{}]"));
    assert_eq!(JsonScanner::new(" 1").value_within(0), Ok("1"));
    assert!(JsonScanner::new("[]").value_within(0).is_err());
}
