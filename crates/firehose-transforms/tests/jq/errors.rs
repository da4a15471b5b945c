//! Checks that errors of filters and of items show the position and no payload.

use bytes::Bytes;
use firehose_transforms::jq::JqFilter;

#[test]
fn errors_of_invalid_filters_show_the_position_and_the_nearest_name() {
    for (filter, expected) in [
        ("", "line 1, column 1: expected a filter such as `.` or `1`, but the filter ends"),
        (".a | ", "line 1, column 6: expected a filter such as `.` or `1`, but the filter ends"),
        (".a |\n foo", "line 2, column 2: unknown function `foo/0`"),
        (
            ".a | tostrin",
            "line 1, column 6: unknown function `tostrin/0`; did you mean `tostring`?",
        ),
        ("map(.a; .b)", "line 1, column 1: `map` does not take 2 arguments"),
        ("length(1)", "line 1, column 1: `length` does not take 1 argument"),
        (
            "def twice: . * 2; twise",
            "line 1, column 19: unknown function `twise/0`; did you mean `twice`?",
        ),
        (". as $user | $usr", "line 1, column 14: unknown variable `$usr`; did you mean `$user`?"),
        ("{a: (1}", "line 1, column 7: expected a closing parenthesis"),
        ("[1, 2", "line 1, column 6: expected a closing bracket"),
        ("\"abc", "line 1, column 5: expected a closing quote"),
        (".a.", "line 1, column 4: expected a key, but the filter ends"),
        ("if . then 1", "line 1, column 12: expected `else` or `end`, but the filter ends"),
        (". & 1", "line 1, column 3: unexpected character `&`"),
        ("1 2", "line 1, column 3: expected the end of the filter, found `2`"),
        ("1 (2)", "line 1, column 3: expected the end of the filter, found `(2)`"),
        ("@bas64", "line 1, column 1: unknown format `@bas64`; did you mean `@base64`?"),
        ("break $out", "line 1, column 7: `break $out` needs `label $out |` around it"),
        ("reduce .[] as $x (0)", "line 1, column 1: `reduce` needs `(init; update)`"),
        ("env", "line 1, column 1: `env` is not available: a filter cannot read the environment"),
        (
            "$ENV.PATH",
            "line 1, column 1: `$ENV` is not available, since a filter cannot read the environment",
        ),
        (
            "[inputs]",
            "line 1, column 2: `inputs` is not available: a filter sees one item at a time",
        ),
        ("debug", "line 1, column 1: `debug` is not available: a payload must not be logged"),
        (
            "halt",
            "line 1, column 1: `halt` is not available: a filter cannot end the process; use `empty` or `error`",
        ),
        (
            "input_filename",
            "line 1, column 1: `input_filename` is not available: a filter cannot read files",
        ),
        (
            "import \"a\" as a; 1",
            "line 1, column 1: `import` is not available, since a filter cannot read files",
        ),
        (
            "_matches(\"a\")",
            "line 1, column 1: unknown function `_matches/1`; did you mean `match`?",
        ),
        (
            ".a | test(\"a(?=b)\")",
            "line 1, column 12: the regular expression is not supported: look-around, including look-ahead and look-behind, is not supported",
        ),
        (
            ".a | sub(\"(\"; \"\")",
            "line 1, column 11: the regular expression is not supported: unclosed group",
        ),
        (
            ".a | test(\"a\"; \"q\")",
            "line 1, column 17: `q` is not a flag of regular expressions; use one or more of `g`, `i`, `n`, `p`, `s`, `x`",
        ),
    ] {
        let error = JqFilter::new(filter).unwrap_err().to_string();
        assert_eq!(error, format!("invalid jq filter at {expected}"), "{filter}");
    }
}

#[test]
fn filters_of_any_depth_and_length_are_rejected_or_run() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{a:", "}"),
        ("-", ""),
        ("try ", ""),
        ("..|", ""),
        (".a|", "."),
        ("if ", " then 1 else 2 end"),
        ("\"\\(", ")\""),
        ("1+", ""),
        ("1,", ""),
        ("reduce ", " as $x (0;.)"),
        ("label $x | ", ""),
        ("def f: ", "; f"),
        (". as $x | ", ""),
        (".[", "]"),
        ("1//", ""),
    ] {
        for times in [10, 100, 250, 320, 1000, 3000] {
            let filter = format!("{}.{}", open.repeat(times), close.repeat(times));
            if let Ok(filter) = JqFilter::new(&filter) {
                // The run may fail, but must not overflow the stack.
                let _ = filter.run(&"null".into());
            } else {
                assert!(times > 200 || filter.contains("..."), "{filter}");
            }
        }
    }
    for times in [10, 100, 1000, 3000] {
        let pattern = format!("{}$x{}", "[".repeat(times), "]".repeat(times));
        let filter = JqFilter::new(&format!(". as {pattern} | $x"));
        assert!(times > 200 || filter.unwrap().run(&"null".into()).unwrap() == ["null"]);
    }
    let long = ".".to_owned() + &"|.".repeat(20_000);
    assert!(JqFilter::new(&long).unwrap_err().to_string().contains("longer than 16384 bytes"));
}

#[test]
fn messages_show_no_payload() {
    let secret = r#"{"a":"SECRET","n":4711,"l":["SECRET"],"SECRET":{"SECRET":1},"b":true}"#;
    for (filter, expected) in [
        (".a + 1", "string and number cannot be added"),
        (".a.b", "Cannot index string with string"),
        (".n[.a]", "Cannot index number with string"),
        (".n | .[]", "Cannot iterate over number"),
        (".a | tonumber", "Invalid numeric literal"),
        (".a | fromjson", "expected a value at line 1 column 1"),
        ("error(.a)", "`error` was called with a value of type string"),
        ("error(.l)", "`error` was called with a value of type array"),
        ("error(\"bad \\(.a)\")", "`error` was called with a value of type string"),
        ("error(\"no such unit\")", "no such unit"),
        (".a | keys", "string has no keys"),
        (".b | length", "boolean has no length"),
        ("{(.n): 1}", "Cannot use number as object key"),
        (".a | strptime(\"%Y\")", "the date does not match the format"),
        (".a | test(. + \"(\")", "Regex failure: the expression is not valid, or not supported"),
        (".a | test(\"a\"; .)", "the flags are not a valid modifier string"),
        (".a | format(.)", "the argument is not a valid format"),
        (".l | @csv | @base64d", "string is not valid base64 data"),
        (".l | implode", "implode input must be an array of codepoints"),
        ("path(.a + \"x\")", "Invalid path expression with result of type string"),
        ("path(.a + \"x\" | .[0])", "Invalid path expression near attempt to access element"),
        (".l | sort_by(.x)", "Cannot index string with string"),
        (".l[.a] = 1", "Cannot index array with string"),
        (".a | join(.)", "Cannot iterate over string"),
        ("[.l] | join(\",\")", "string and array cannot be added"),
        (".l | from_entries", "Cannot index string with string"),
        (".n | has(\"a\")", "Cannot check whether number has a string key"),
        (".l | @sh \"\\([.])\"", "array can not be escaped for shell"),
        (". | min", "object and object cannot be iterated over"),
        (".l | delpaths([\"x\"])", "Path must be specified as array, not string"),
        (".l | contains(1)", "array and number cannot have their containment checked"),
        (".n | sqrt | \"\\(.)\" | sqrt", "string number required"),
        ("-.a", "string cannot be negated"),
        (".n / 0", "number and number cannot be divided because the divisor is zero"),
    ] {
        let error = JqFilter::new(filter).unwrap().run(&Bytes::from_static(secret.as_bytes()));
        let error = firehose_core::error_chain(&error.unwrap_err()).to_string();
        assert_eq!(error, format!("the jq filter failed: {expected}"), "{filter}");
    }
    for (item, expected) in [
        ("{\"a\":SECRET}", "the item is not valid JSON: expected a value at line 1 column 6"),
        (
            "{\"a\":1}\nSECRET",
            "the item is not valid JSON: expected the end of the text at line 2 column 1",
        ),
        ("", "the item is not valid JSON: expected a value at line 1 column 1"),
        ("[NaN]", "the item is not valid JSON: expected a value at line 1 column 2"),
        ("{1:2}", "the item is not valid JSON: expected a key in quotes at line 1 column 2"),
        ("b\"x\"", "the item is not valid JSON: expected a value at line 1 column 1"),
    ] {
        let error = JqFilter::new(".").unwrap().run(&Bytes::from_static(item.as_bytes()));
        let error = firehose_core::error_chain(&error.unwrap_err()).to_string();
        assert_eq!(error, expected, "{item}");
    }
    let error = JqFilter::new(".").unwrap().run(&Bytes::from_static(b"[\"\xff\"]")).unwrap_err();
    let error = firehose_core::error_chain(&error).to_string();
    assert_eq!(error, "the item is not valid JSON: expected UTF-8 at line 1 column 3");
}

#[test]
fn a_filter_can_be_sent_and_shared_between_threads() {
    fn assert_send_sync<T: Send + Sync + 'static>(_: &T) {}
    assert_send_sync(&JqFilter::new(".").unwrap());
}
