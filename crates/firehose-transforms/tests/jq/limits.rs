//! Checks that filters that would never end, or would take all memory, end with an error.

use std::thread;

use bytes::Bytes;
use firehose_transforms::jq::{Jq, JqError, JqFilter, JqLimits};

/// A limit that a debug build reaches quickly.
const OPERATIONS: u64 = 1_000_000;

fn error_of(filter: &str, input: &str) -> JqError {
    let limits = JqLimits::default().with_operations(OPERATIONS);
    let filter = JqFilter::new(filter).unwrap().with_limits(limits);
    filter.run(&Bytes::from(input.to_owned())).unwrap_err()
}

#[test]
fn filters_without_an_end_exceed_the_operations() {
    for filter in [
        "until(false; . + 1)",
        "0 | until(false; . + 1)",
        "until(false; ., .)",
        "last(repeat(1))",
        "[range(1000000) | tostring] | sort",
        "last(range(1e9) | tostring as $part | \"a\" | test(\"(x{100}){10}\" + $part))",
        "[limit(1e9; repeat(1) | select(false))]",
        "reduce range(1e12) as $x (0; . + $x)",
        "last(range(1e12))",
        "last(range(0; 1e300; 1e-300))",
        "first(range(1e12) | select(false))",
        "foreach range(1e12) as $x (0; .; empty)",
        "[range(1e12) | empty]",
        "isempty(range(1e12) | empty)",
        "any(range(1e12); false)",
        "def f: f; f",
        "def f: . | f; f",
        "def f: (., .) | f; f",
        "def f: try error(\"x\") catch . | f; f",
        "def f(g): f(g | .); f(.)",
        "def f: f?; f",
        "last(def f: ., f; f)",
        "while(true; .) | empty",
        "last(recurse(.))",
        "last(recurse(. + 1; true))",
        "try until(false; .) catch 1",
        "[.[]?, until(false; .)?]",
        "last(label $out | repeat(1))",
        "(\"x\" * 1e6) | gsub(\"x(.*y)?\"; \"\")",
        "path(last(repeat(.)))",
        "del(repeat(.) | empty)",
        "(range(1e12) | empty) |= 1",
        "[range(100000)] - [range(100000)]",
        "[range(100000)] | contains([range(100000)])",
        "def a: .,.; def b: a|a|a|a; def c: b|b|b|b; def d: c|c; last(d|d)",
        "def a: .+.; def b: a|a; def c: b|b; def d: c|c; def e: d|d; def f: e|e; def g: f|f;
         def h: g|g; def i: h|h; def j: i|i; def k: j|j; def l: k|k; def m: l|l; def n: m|m;
         def o: n|n; def p: o|o; def q: p|p; def r: q|q; def s: r|r; def t: s|s; def u: t|t;
         def v: u|u; def w: v|v; def x: w|w; def y: x|x; def z: y|y; 1 | z",
    ] {
        let error = error_of(filter, "0");
        let is_limit = matches!(error, JqError::Operations(OPERATIONS) | JqError::Recursion);
        assert!(is_limit, "{filter}: {error:?}");
    }
}

#[test]
fn filters_that_build_too_much_exceed_the_bytes() {
    for filter in [
        "[range(1e9)]",
        "\"x\" * 1e9",
        "\"x\" * 1e18",
        "[limit(1e9; repeat(1))]",
        "[repeat(1)] | length",
        "reduce range(100) as $i (\"x\"; . + .)",
        "reduce range(100) as $i ([1]; . + .)",
        "reduce range(100) as $i (\"x\"; [., .] | join(\"\"))",
        "[.[1e8] = 1]",
        ".[1e18] = 1",
        "range(1e9)",
        "[range(1e6)] | map([., .])",
        "[range(100000) | tostring] | [.[] as $x | $x + (.[] | .)]",
        "(\"x\" * 1e4) | gsub(\"x\"; \"\\(\"y\" * 1000)\")",
        "(\"x\" * 1e6) | explode",
        "(\"x\" * 1e6) | split(\"\")",
        "[range(1e6)] | group_by(.) | map(.)",
        "\"x\" * 6e7 | @uri | @base64 | @uri",
        "\"'\" * 1e7 | @html | @html",
    ] {
        let limits = JqLimits::default().with_bytes(4 * 1024 * 1024);
        let filter = JqFilter::new(filter).unwrap().with_limits(limits);
        let error = filter.run(&"null".into()).unwrap_err();
        assert_eq!(error, JqError::Bytes(4 * 1024 * 1024), "{filter:?}");
    }
}

/// A value may share its parts, so that it is much larger than its memory.
#[test]
fn shared_parts_count_for_each_use() {
    for filter in [
        "reduce range(100) as $i (1; [., .]) | flatten | length",
        "reduce range(100) as $i (1; [., .]) | [..] | length",
        "reduce range(100) as $i (1; [., .]) | [paths] | length",
        "reduce range(100) as $i (1; [., .]) | walk(.)",
        "reduce range(100) as $i (1; [., .]) | (reduce range(100) as $i (1; [., .])) as $x | . == $x",
        "reduce range(100) as $i (1; [., .]) | (reduce range(100) as $i (1; [., .])) as $x | contains($x)",
        "reduce range(100) as $i (1; [., .]) | [tostream] | length",
        "reduce range(100) as $i (1; [., .]) | tojson",
        "reduce range(100) as $i (1; {a: ., b: .})",
        "reduce range(100) as $i ({}; {a: ., b: .}) | . * .",
    ] {
        let error = error_of(filter, "null");
        assert!(matches!(error, JqError::Operations(_) | JqError::Bytes(_)), "{filter}: {error}");
    }
}

#[test]
fn values_nest_at_most_128_levels() {
    let nested = |levels: usize| Bytes::from("[".repeat(levels) + &"]".repeat(levels));
    for filter in [".", "..", "walk(.)", "tojson | fromjson", "[paths] | length", ". == ."] {
        let filter = JqFilter::new(filter).unwrap();
        assert!(filter.run(&nested(128)).is_ok(), "{filter:?}");
        assert!(matches!(filter.run(&nested(129)), Err(JqError::Json(_))), "{filter:?}");
        assert!(matches!(filter.run(&nested(500_000)), Err(JqError::Json(_))), "{filter:?}");
    }
    for filter in ["[.]", "{a: .}", ". as $x | [$x]", "[., .]", ". + [.]"] {
        let compiled = JqFilter::new(filter).unwrap();
        assert!(compiled.run(&nested(127)).is_ok(), "{filter}");
        assert_eq!(compiled.run(&nested(128)).unwrap_err(), JqError::Nesting(128), "{filter}");
    }
    for filter in [
        "reduce range(128) as $i (1; [.])",
        "reduce range(128) as $i (1; {a: .})",
        "setpath([range(128)|0]; 1)",
        "setpath([range(128)|\"a\"]; 1)",
    ] {
        let one_more = filter.replace("128", "129");
        assert!(JqFilter::new(filter).unwrap().run(&"null".into()).is_ok(), "{filter}");
        assert_eq!(error_of(&one_more, "null"), JqError::Nesting(128), "{one_more}");
    }
}

/// A record may hold a long path.
#[test]
fn long_paths_keep_the_stack() {
    let keys = |key: &str| format!("[{}]", vec![key; 50_000].join(","));
    let (names, slices) = (keys("\"a\""), keys(r#"{"start":0,"end":9}"#));
    let item = format!(r#"{{"names":{names},"slices":{slices},"list":[1]}}"#);
    let check = move || {
        for filter in [
            ".names as $path | null | setpath($path; 1)",
            ".slices as $path | .list | setpath($path; [2])",
            ".slices as $path | .list | delpaths([$path])",
            ".slices as $path | .list | getpath($path)",
            ".names as $path | null | [paths, getpath($path)]",
            ".slices as $path | .list | path(getpath($path)) | length",
            ".slices as $path | .list | del(getpath($path))",
        ] {
            let limits = JqLimits::default().with_operations(OPERATIONS);
            let compiled = JqFilter::new(filter).unwrap().with_limits(limits);
            // A stack that is too small for the path ends the process.
            if let Err(error) = compiled.run(&Bytes::from(item.clone())) {
                let is_limit = !matches!(error, JqError::Failed(_) | JqError::Json(_));
                assert!(is_limit, "{filter}: {error:?}");
            }
        }
    };
    thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(check).unwrap().join().unwrap();
}

/// Functions that call themselves with filter arguments keep the environments of all calls.
#[test]
fn filter_arguments_of_recursive_functions_keep_the_stack_and_the_memory() {
    let check = || {
        for filter in [
            "def f(a; b): if . <= 0 then 1 else (. - 1) | f(a + 1; b + 1) end; f(0; 0)",
            "def f(a): if . <= 0 then 1 else (. - 1) | f(a + 1) end; f(0)",
            "def f(a): def g(b): if . <= 0 then 1 else (. - 1) | f(b) end; g(a + 1); f(0)",
            "def f(a; b): f(b + 1; a + 1); f(0; 0)",
            "def f(a; b; $c): label $l | f(b + 1; a + 1; $c + 1); f(0; 0; 0)",
        ] {
            for item in ["100", "60000", "100000", "700000"] {
                // The process ends if the stack overflows.
                let result = JqFilter::new(filter).unwrap().run(&Bytes::from(item));
                match result {
                    Ok(outputs) => assert_eq!(outputs, ["1"], "{filter}"),
                    Err(error) => {
                        let is_limit = matches!(error, JqError::Recursion | JqError::Operations(_));
                        assert!(is_limit, "{filter}: {error:?}");
                    }
                }
            }
        }
    };
    thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(check).unwrap().join().unwrap();
}

/// Several outputs that are slices of the item need no memory until they are joined.
#[test]
fn further_outputs_count_as_built() {
    let item = Bytes::from(format!("[\"{}\"]", "x".repeat(1_000_000)));
    for filter in ["range(1000000) as $x | .", "repeat(.[0])", "range(100) as $x | .[0]"] {
        let error = Jq::new(filter).unwrap().apply(&item).unwrap_err();
        assert!(matches!(error, JqError::Bytes(_)), "{filter}: {error:?}");
    }
    let joined = Jq::new("., .[0]").unwrap().apply(&item).unwrap().unwrap();
    assert_eq!(joined.len(), 2 * item.len() - 1);
}

/// The filters run on a thread with a stack of 2 MiB, the default of Rust and Tokio.
#[test]
fn functions_that_recurse_too_deeply_do_not_overflow_the_stack() {
    let filters = [
        "def f: 1 + f; f",
        "def f: [f]; f",
        "def f: f | .; f",
        "def f: {a: f}; f",
        "def f: try f catch .; f",
        "def f(g): g | f(f(g)); f(.)",
        "def f: path(f); f",
        "def f: .a |= f; f",
        "def f: first(f); f",
        "def f: reduce f as $x (0; .); f",
        "def f: if f then 1 else 2 end; f",
        "def f: \"\\(f)\"; f",
        "def f: f as [$x] | 1; f",
        "def f: walk(f); f",
        "def f: sort_by(f); [1] | f",
        "def f: sub(\"a\"; f); \"a\" | f",
        "def f: limit(1; f); f",
        "def f: label $x | f; f",
        "def f: (., 1) | (f, f); f",
    ];
    let check = move || {
        for filter in filters {
            let error = error_of(filter, "{\"a\":null}");
            let is_limit =
                matches!(error, JqError::Recursion | JqError::Operations(_) | JqError::Failed(_));
            assert!(is_limit, "{filter}: {error:?}");
        }
    };
    thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(check).unwrap().join().unwrap();
}

#[test]
fn deep_recursion_succeeds() {
    for (filter, expected) in [
        ("def sum: if . == 0 then 0 else . + (. - 1 | sum) end; 1000 | sum", "500500"),
        ("def down: if . == 0 then \"end\" else . - 1 | down end; 500000 | down", "\"end\""),
        ("def f(g): if g > 2000 then \"end\" else . + 1 | f(.) end; 0 | f(.)", "\"end\""),
        ("[recurse(if . < 100000 then . + 1 else empty end)] | length", "100001"),
        ("last(range(1000000))", "999999"),
        ("reduce range(100000) as $i ([]; . + [$i]) | length", "100000"),
        ("reduce range(50000) as $i ({}; .[$i | tostring] = $i) | length", "50000"),
        ("reduce range(100000) as $i (\"\"; \"x\") | length", "1"),
        ("[limit(100000; repeat(1))] | length", "100000"),
    ] {
        let outputs = JqFilter::new(filter).unwrap().run(&"null".into()).unwrap();
        assert_eq!(outputs, [expected], "{filter}");
    }
}

#[test]
fn the_limits_can_be_set() {
    let limits = JqLimits::default().with_operations(100).with_bytes(1000);
    let run = |filter: &str| JqFilter::new(filter).unwrap().with_limits(limits).run(&"1".into());
    assert_eq!(run(". + 1").unwrap(), ["2"]);
    assert_eq!(run("last(range(100))").unwrap_err(), JqError::Operations(100));
    assert_eq!(run("\"x\" * 1001").unwrap_err(), JqError::Bytes(1000));
}

/// A record of 1 MB needs only a small part of the default limits.
#[test]
fn large_items_are_within_the_limits() {
    let items: Vec<String> = (0..20_000)
        .map(|at| format!(r#"{{"id":{at},"name":"n{at}","tags":["a","b"],"ok":true}}"#))
        .collect();
    let item = Bytes::from(format!("[{}]", items.join(",")));
    assert!(item.len() > 900_000);
    for (filter, expected) in [
        ("map(.id) | add", "199990000"),
        ("map(select(.ok) | {id, tag: .tags[0]}) | length", "20000"),
        ("[.[] | del(.tags)] | length", "20000"),
        ("group_by(.id % 7) | map(length) | add", "20000"),
        ("map({(.name): .id}) | add | length", "20000"),
        ("[.[] | to_entries | from_entries] | length", "20000"),
        ("map(.name) | unique | length", "20000"),
    ] {
        let outputs = JqFilter::new(filter).unwrap().run(&item).unwrap();
        assert_eq!(outputs, [expected], "{filter}");
    }
}

/// Work on a long text is linear in its length.
#[test]
fn long_texts_are_joined_within_the_limits() {
    for (filter, expected) in [
        ("(\"a b\" * 20000) | gsub(\" \"; \"_\") | length", "60000"),
        ("[range(20000) | \"some text of a line\"] | add | length", "380000"),
    ] {
        let outputs = JqFilter::new(filter).unwrap().run(&"null".into()).unwrap();
        assert_eq!(outputs, [expected], "{filter}");
    }
}

/// A regular expression from an item is parsed only if the parser fits into the limit of bytes.
#[test]
fn a_long_expression_exceeds_the_bytes() {
    let error = error_of("(\"(a)\" * 300000) as $expression | \"a\" | test($expression)", "0");
    assert!(matches!(error, JqError::Bytes(_)), "{error:?}");
}
