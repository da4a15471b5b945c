//! Generates random JSON values and filters of common kinds.
//!
//! In jq 1.6, `try` and `(…)?` also catch the errors of the filters after them, a fault that later
//! versions do not have. So the generated filters first collect the outputs of `try` in an array.

use proptest::prelude::*;

/// Generates compact JSON in the spelling of jq.
pub(crate) fn json() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        (-20_i32..100).prop_map(|number| number.to_string()),
        (-8_i32..50).prop_map(|number| format!("{number}.5")),
        "[abc,]{0,4}".prop_map(|text| format!("{text:?}")),
        Just(r#""2024-05-06T07:08:09Z""#.to_owned()),
        Just(r#""12""#.to_owned()),
        Just(r#""é\n\"x\"""#.to_owned()),
    ];
    scalar.prop_recursive(3, 24, 4, |inner| {
        let key = prop_oneof![Just("a"), Just("b"), Just("c"), Just("key"), Just("value")];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map(key, inner, 0..4).prop_map(|members| {
                let members: Vec<_> =
                    members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn path() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => Just(".a"),
        3 => Just(".b"),
        1 => Just(".c"),
        2 => Just(".[0]"),
        1 => Just(".[-1]"),
        1 => Just(".[1:]"),
        1 => Just(".[:-1]"),
        2 => Just(".[]"),
        1 => Just(".a?"),
        1 => Just(".[]?"),
        1 => Just(".[\"key\"]"),
        1 => Just(".a.b"),
        1 => Just("(.a,.b)"),
        1 => Just("first(.[])"),
        1 => Just("(.a // .b)"),
        1 => Just("(.[] | select(type == \"number\"))"),
        1 => Just("getpath([\"a\",0])"),
    ];
    prop_oneof![
        6 => part.clone().prop_map(str::to_owned),
        2 => (part.clone(), part).prop_map(|(first, second)| format!("{first} | {second}")),
        1 => Just("..".to_owned()),
        1 => Just(".".to_owned()),
    ]
}

fn atom() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => path().prop_map(|path| format!("({path})")),
        1 => (-3_i32..10).prop_map(|number| format!("({number})")),
        1 => prop::sample::select(vec![
            "1.5", "\"a\"", "\",\"", "null", "true", "false", "[]", "{}", "[1,2]", "{\"a\":1}",
            "\"b c\"", "(1,2)", "empty", "[.a,.b]", "{a,b}", "range(3)", "[path(..)]", "$__loc__.line",
        ]).prop_map(str::to_owned),
        3 => function().prop_map(str::to_owned),
    ]
}

fn function() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "length",
        "keys",
        "type",
        "not",
        "add",
        "sort",
        "unique",
        "reverse",
        "tostring",
        "tojson",
        "to_entries",
        "from_entries",
        "min",
        "max",
        "any",
        "all",
        "flatten",
        "floor",
        "([try tonumber catch \"no number\"] | .[])",
        "ascii_downcase",
        "ascii_upcase",
        "first",
        "last",
        "paths",
        "leaf_paths",
        "scalars",
        "numbers",
        "strings",
        "values",
        "nulls",
        "arrays",
        "objects",
        "explode",
        "transpose",
        "join(\",\")",
        "split(\",\")",
        "split(\"\")",
        "has(\"a\")",
        "has(0)",
        "index(\"a\")",
        "indices(\",\")",
        "test(\"a\")",
        "startswith(\"a\")",
        "endswith(\"b\")",
        "ltrimstr(\"a\")",
        "rtrimstr(\"b\")",
        "@json",
        "@text",
        "@csv",
        "@tsv",
        "@html",
        "@uri",
        "@base64",
        "@sh",
        "contains(\"a\")",
        "contains([1])",
        "inside([1,2,3])",
        "flatten(1)",
        "tostream",
        "error",
        "keys_unsorted",
        "utf8bytelength",
        "sub(\"a\";\"x\")",
        "gsub(\"[ab]\";\"y\")",
        "sqrt",
        "round",
        "[scan(\"[a-c]\")]",
        "[match(\"b\";\"g\").offset]",
        "capture(\"(?<x>[a-z])\")",
        "isempty(.[])",
        "combinations",
        "fabs",
        "isnan",
        "IN(1,2)",
        "in({\"a\":1})",
        "([try fromjson catch \"no JSON\"] | .[])",
        "[splits(\",\")]",
        "fromdate",
        "todate",
        "del(.[0])",
        "del(.a)",
        "delpaths([[\"a\"],[\"b\",0]])",
        "(sort | bsearch(2))",
        "fromstream(tostream)",
        "ceil",
        "implode",
        "[limit(2; .[])]",
        "INDEX(.a)",
        "recurse",
    ])
}

/// Generates a filter of common kinds.
pub(crate) fn filter() -> impl Strategy<Value = String> {
    atom().prop_recursive(3, 12, 3, |inner| {
        let one = inner.clone();
        let two = (inner.clone(), inner.clone());
        let math = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "//", ",", "|",
        ]);
        let update = prop::sample::select(vec!["=", "|=", "+=", "-=", "*=", "//="]);
        prop_oneof![
            4 => (inner.clone(), math.clone(), inner.clone())
                .prop_map(|(left, math, right)| format!("({left} {math} {right})")),
            2 => (atom(), math.clone(), atom(), math, atom()).prop_map(
                |(first, math, second, more, third)| {
                    format!("({first} {math} {second} {more} {third})")
                }
            ),
            3 => (path(), update, inner.clone())
                .prop_map(|(path, update, value)| format!("(({path}) {update} ({value}))")),
            2 => two.clone().prop_map(|(left, right)| format!("({left} | {right})")),
            1 => one.clone().prop_map(|filter| format!("[{filter}]")),
            2 => two.clone().prop_map(|(a, b)| format!("{{a: ({a}), b: ({b})}}")),
            1 => one.clone().prop_map(|key| format!("{{({key} | tostring): 1}}")),
            1 => one.clone().prop_map(|filter| format!("map({filter})")),
            1 => one.clone().prop_map(|filter| format!("map_values({filter})")),
            1 => one.clone().prop_map(|filter| format!("select({filter})")),
            1 => one.clone().prop_map(|filter| format!("with_entries({filter})")),
            1 => one.clone().prop_map(|filter| format!("sort_by({filter})")),
            1 => one.clone().prop_map(|filter| format!("group_by({filter})")),
            1 => one.clone().prop_map(|filter| format!("(min_by({filter}), max_by({filter}))")),
            1 => one.clone().prop_map(|filter| format!("unique_by({filter})")),
            1 => one.clone().prop_map(|filter| format!("walk({filter})")),
            1 => one.clone().prop_map(|filter| format!("first({filter})")),
            1 => one.clone().prop_map(|filter| format!("[limit(2; {filter})]")),
            1 => one.clone().prop_map(|filter| format!("([try {filter} catch .] | .[])")),
            1 => one.clone().prop_map(|filter| format!("([({filter})?] | .[])")),
            1 => one.clone().prop_map(|filter| format!("\"<\\({filter})>\"")),
            1 => one.clone().prop_map(|filter| format!("@base64 \"\\({filter})\"")),
            1 => one.clone().prop_map(|filter| format!("-({filter})")),
            1 => one.clone().prop_map(|filter| format!("any({filter})")),
            1 => one.clone().prop_map(|filter| format!("(def f: {filter}; [f, f])")),
            1 => path().prop_map(|path| format!("del({path})")),
            1 => path().prop_map(|path| format!("[path({path})]")),
            1 => (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("(if {a} then {b} else {c} end)")),
            1 => two.clone().prop_map(|(source, body)| format!("({source} as $x | {body} | [., $x])")),
            1 => two.clone().prop_map(|(source, body)| format!("({source} as [$x, {{a: $y}}] | [$x, $y, {body}])")),
            1 => two.clone().prop_map(|(source, update)| format!("reduce ({source}) as $x (0; [., $x, {update}])")),
            1 => two.prop_map(|(source, update)| format!("[foreach ({source}) as $x (.; {update}; [$x, .])]")),
            1 => one.prop_map(|filter| format!("[label $out | {filter} | if . == 1 then break $out else . end]")),
        ]
    })
}
