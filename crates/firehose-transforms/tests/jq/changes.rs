//! Changes of an object of the record give the same as changes of an object that the filter builds.

use bytes::Bytes;
use firehose_transforms::jq::JqFilter;

fn run(filter: &str, record: &str) -> Result<Vec<Bytes>, String> {
    let filter = JqFilter::new(filter).unwrap();
    filter.run(&Bytes::from(record.to_owned())).map_err(|error| error.to_string())
}

fn object(members: usize) -> String {
    let members: Vec<_> = (0..members).map(|at| format!(r#""k{at}":{at}"#)).collect();
    format!("{{{}}}", members.join(","))
}

#[test]
fn changes_of_written_and_of_built_objects_are_the_same() {
    let records = [
        "{}".to_owned(),
        " { } ".to_owned(),
        r#"{"a":1}"#.to_owned(),
        r#"{"a":1,"b":{"c":[1,{"d":2}]},"e":"text","k1":null}"#.to_owned(),
        "{ \"a\" : 1 ,\"b\":2,\n\"c\": [ 1, 2 ],\"k1\" :{\"c\" : 1},\"e\":1e2 }\n".to_owned(),
        r#"{"a":1,"b":2,"a":3,"c":{"x":1,"x":2},"b":{"c":4}}"#.to_owned(),
        r#"{"\u0061":1,"b":"\u0041\n","\"":2,"e":"\\"}"#.to_owned(),
        r#"{"a":"\"","\u00e9":1,"é":2,"b":{"\u0063":1,"c":2}}"#.to_owned(),
        r#"{"":1,"aa":2,"ba":3,"b":[],"c":{}}"#.to_owned(),
        format!(r#"{{"{}":1,"a":2}}"#, "k".repeat(300)),
        format!(r#"{{"{}":1,"a":2}}"#, "k".repeat(254)),
        object(63),
        object(64),
        object(65),
        object(200),
        "[1]".to_owned(),
        "null".to_owned(),
    ];
    let long = format!(".{} = 7", "k".repeat(300));
    let filters = [
        ".",
        ".a = 2",
        ".a |= 5",
        ".a |= empty",
        ".a += 1",
        ".new //= [.a, .b]",
        ".b.c = 1",
        ".b.c |= [.]",
        ".b.c[0] = {x: 1}",
        ".renamed = .b | del(.b)",
        "del(.a)",
        "del(.a) | .a = 3",
        "del(.a, .k1, .missing)",
        "del(.b.c)",
        "del(.b.c[0])",
        "delpaths([[\"a\"], [\"b\", \"c\"]])",
        "setpath([\"b\", \"c\"]; .a)",
        ".a = 1 | .a = 2 | del(.a)",
        ". as $x | .a = 1 | .old = ($x | map_values(.)?)",
        ".a = 1 | . as $x | .b = $x | .c = $x.a",
        ".k0 = 1 | .k1 = 2 | .k2 = 3 | del(.k0) | .k0 = 4",
        ".a = 1 | .b = {c: 1} | .b.c = 2 | keys",
        ".a = 1 | length, has(\"a\"), .a, .b, [.[]], to_entries, tojson",
        ".a = 1 | . == {a: 1}, . + {z: 1}, . * {a: {b: 1}}",
        ".a = 1 | map_values(.)",
        ".a = 1 | .. |= .",
        ".a = 1 | path(..)",
        ".a = 1 | .b? = 2",
        "reduce range(70) as $i (.; .[\"n\\($i)\"] = $i)",
        "reduce range(70) as $i (.a = 1; .[\"k\\($i)\"] = $i | del(.[\"k\\($i - 1)\"]))",
        &long,
    ];
    for record in &records {
        for filter in filters {
            let changed = format!("({filter}) | (.added = 1)?");
            let built = format!("with_entries(.)? // . | {changed}");
            assert_eq!(run(&changed, record), run(&built, record), "{filter} of {record}");
        }
    }
}

#[test]
fn members_keep_their_text() {
    let record = "{ \"a\" : 1.50,\"b\":\"\\u0041\",\"c\":[ 1 ],\"d\":2 , \"e\":3}";
    for (filter, expected) in [
        (".new = 1", r#"{"a":1.50,"b":"\u0041","c":[ 1 ],"d":2,"e":3,"new":1}"#),
        ("del(.a)", r#"{"b":"\u0041","c":[ 1 ],"d":2,"e":3}"#),
        ("del(.c)", r#"{"a":1.50,"b":"\u0041","d":2,"e":3}"#),
        ("del(.a, .b, .c, .d, .e)", "{}"),
        (".c = .b", r#"{"a":1.50,"b":"\u0041","c":"\u0041","d":2,"e":3}"#),
        ("del(.missing)", record),
    ] {
        assert_eq!(run(filter, record).unwrap(), [expected], "{filter}");
    }
}
