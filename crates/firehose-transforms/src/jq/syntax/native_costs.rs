//! Checks that each function counts at least in proportion to the text or array that it reads.

use std::collections::HashSet;

use bytes::Bytes;

use super::{
    super::{
        error::JqError,
        filter::JqFilter,
        limits::JqLimits,
        meter::Meter,
        values::{stop::Stop, value::Value},
    },
    natives::{FORMATS, NATIVES},
    node::Native,
};

/// Filters for an item of long texts that are a million bytes long: `.text` and `.equal` are equal,
/// `.other` has another last byte, and `.part` is half of `.text`.
const TEXTS: &[(&str, &str)] = &[
    ("_capture/0", ".text | capture(\"(?<a>.*)\")"),
    ("_matches/1", ".text | match(\"y\")"),
    ("_matches/2", ".text | match(\"y\"; \"g\")"),
    ("_split/2", ".text | splits(\"y\")"),
    ("add/0", "[.text, .equal] | add"),
    ("ascii_downcase/0", ".text | ascii_downcase"),
    ("ascii_upcase/0", ".text | ascii_upcase"),
    ("bsearch/1", ".equal as $x | [.text] | bsearch($x)"),
    ("contains/1", ".text | contains(\"y\")"),
    ("contains/1", ".other as $x | .text | contains($x)"),
    ("contains/1", ".equal as $x | [.text] | contains([$x])"),
    ("delpaths/1", ".equal as $x | .text as $y | {($y): 1} | delpaths([[$x]])"),
    ("endswith/1", ".equal as $x | .text | endswith($x)"),
    ("explode/0", ".text | explode"),
    ("format/1", ".text | format(\"base64\")"),
    ("format/1", ".text as $x | .text | format($x)"),
    ("from_entries/0", "[{key: .text, value: 1}] | from_entries"),
    ("fromjson/0", ".text | fromjson"),
    ("fromjson/0", "\"1234567890\" * 100000 | fromjson"),
    ("has/1", ".text as $x | {} | has($x)"),
    ("indices/1", ".text | indices(\"y\")"),
    ("indices/1", ".other as $x | .text | indices($x)"),
    ("indices/1", ".part as $x | .text | indices($x)"),
    ("indices/1", ".equal as $x | [.text] | indices($x)"),
    ("join/1", "[.text, .text] | join(\"\")"),
    ("join/1", ".text as $x | [\"\", \"\"] | join($x)"),
    ("keys/0", "{(.text): 1} | keys"),
    ("length/0", ".text | length"),
    ("ltrimstr/1", ".other as $x | .text | ltrimstr($x)"),
    ("ltrimstr/1", ".part as $x | .text | ltrimstr($x)"),
    ("max/0", "[.text, .other] | max"),
    ("min/0", "[.text, .other] | min"),
    ("rtrimstr/1", ".other as $x | .text | rtrimstr($x)"),
    ("rtrimstr/1", ".part as $x | .text | rtrimstr($x)"),
    ("setpath/2", ".text as $x | {} | setpath([$x]; 1)"),
    ("sort/0", "[.text, .other] | sort"),
    ("split/1", ".text | split(\"y\")"),
    ("split/1", ".equal as $x | .text | split($x)"),
    ("startswith/1", ".equal as $x | .text | startswith($x)"),
    ("strflocaltime/1", ".text as $x | 0 | strflocaltime($x)"),
    ("strftime/1", ".text as $x | 0 | strftime($x)"),
    ("strptime/1", ".text as $x | \"2024\" | strptime($x)"),
    ("strptime/1", ".text | strptime(\"%Y\")"),
    ("test/1", ".text | test(\"y\")"),
    ("test/1", ".text as $x | \"\" | test($x)"),
    ("test/2", ".text | test(\"y\"; \"n\")"),
    ("test/2", ".text as $x | \"\" | test(\"y\"; $x)"),
    ("tojson/0", ".text | tojson"),
    ("tonumber/0", ".text | tonumber"),
    ("tostring/0", "[.text] | tostring"),
    ("unique/0", "[.text, .equal] | unique"),
    ("@base64", ".text | @base64"),
    ("@base64d", ".text | @base64d"),
    ("@csv", "[.text] | @csv"),
    ("@html", ".text | @html"),
    ("@json", ".text | @json"),
    ("@sh", ".text | @sh"),
    ("@text", "[.text] | @text"),
    ("@tsv", "[.text] | @tsv"),
    ("@uri", ".text | @uri"),
    // Operators and definitions.
    ("", ".text == .equal"),
    ("", ".text != .other"),
    ("", ".text < .other"),
    ("", ".text + .other"),
    ("", "\"\\(.text)\""),
    ("", ".text / \"y\""),
    ("", ".text * 1"),
    ("", ".text[1:]"),
    ("", ".text[:1]"),
    ("", "[.text] - [.equal]"),
    ("", ".text as $x | .object[$x]"),
    ("", ".text as $x | .list[$x]"),
    ("", ".text as $x | 1 | .[$x]"),
    ("", ".text as $x | .object | .[$x] = 1"),
    ("", ".text as $x | .object | path(.[$x])"),
    ("", ".text as $x | .object | del(.[$x])"),
    ("", "{(.text): 1}"),
    ("", "{(.text): 1} == {(.equal): 1}"),
    ("", "{(.text): 1} * {(.equal): 1}"),
    ("", ".text | index(\"y\")"),
    ("", ".text | rindex(\"y\")"),
    ("", ".text | sub(\"y\"; \"z\")"),
    ("", ".text | sub(\"(?<a>.*)\"; .a)"),
    ("", ".text | gsub(\"y\"; \"z\")"),
    ("", ".text | scan(\"y\")"),
    ("", ".text as $x | .equal | IN($x)"),
    ("", ".text as $x | .equal | inside($x)"),
    ("", "[.text, .other] | sort_by(.)"),
    ("", "[.text, .equal] | group_by(.)"),
    ("", "[.text, .equal] | unique_by(.)"),
    ("", "[.text, .other] | min_by(.)"),
];

/// Filters for an item with an array `.list`, an object `.object` and a path `.path` of 20,000 members
/// each.
const LISTS: &[(&str, &str)] = &[
    ("_events/0", ".list | tostream"),
    ("_events/0", ".object | tostream"),
    ("add/0", ".list | add"),
    ("add/0", ".object | add"),
    ("add/0", ".mixed | add"),
    ("contains/1", ".list | contains([-1])"),
    ("contains/1", ".object as $x | .object | contains($x)"),
    ("delpaths/1", ".list as $x | . | delpaths($x)"),
    ("delpaths/1", ".paths as $x | .list | delpaths($x)"),
    ("flatten/0", ".list | flatten"),
    ("flatten/1", ".list | flatten(1)"),
    ("from_entries/0", ".entries | from_entries"),
    ("from_entries/0", ".list | from_entries"),
    ("implode/0", ".codes | implode"),
    ("indices/1", ".list | indices(-1)"),
    ("indices/1", ".list | indices([-1])"),
    ("join/1", ".list | join(\",\")"),
    ("join/1", ".mixed | join(\",\")"),
    ("keys/0", ".object | keys"),
    ("keys/0", ".list | keys"),
    ("keys_unsorted/0", ".object | keys_unsorted"),
    ("max/0", ".list | max"),
    ("min/0", ".list | min"),
    ("reverse/0", ".list | reverse"),
    ("sort/0", ".list | sort"),
    ("setpath/2", ".list | setpath([0]; 1)"),
    ("setpath/2", ".object | setpath([\"k1\"]; 1)"),
    ("to_entries/0", ".object | to_entries"),
    ("to_entries/0", ".list | to_entries"),
    ("tojson/0", "(.list | map(.)) | tojson"),
    ("tojson/0", ".list | tojson"),
    ("tostring/0", ".list | tostring"),
    ("transpose/0", "[.list] | transpose"),
    ("transpose/0", ".rows | transpose"),
    ("unique/0", ".list | unique"),
    ("unique/0", ".object | unique"),
    ("@csv", ".list | @csv"),
    ("@json", ".list | @json"),
    ("@sh", ".list | @sh"),
    ("@text", ".list | @text"),
    ("@tsv", ".list | @tsv"),
    // Operators, forms and definitions.
    ("", ".list == (.list | map(.))"),
    ("", ".object == .object"),
    ("", ".list + .list"),
    ("", ".object + .object"),
    ("", ".object * .object"),
    ("", ".list - [-1]"),
    ("", ".list[1:]"),
    ("", ".list | .[0:1] = []"),
    ("", ".list | del(.[0])"),
    ("", ".object | del(.k1)"),
    ("", ".list[]"),
    ("", ".list | .[0] = 1"),
    ("", ".list | map_values(.)"),
    ("", ".list | paths"),
    ("", ".path as $x | null | getpath($x)"),
    ("", ".path as $x | null | path(getpath($x))"),
    ("", ".list | any(false)"),
    ("", ".list | all"),
    ("", ".list | IN(.[]; -1)"),
    ("", ".list | sort_by(.)"),
    ("", ".list | sort_by(error)"),
    ("", ".list | group_by(.)"),
    ("", ".list | max_by(.)"),
    ("", ".list | walk(.)"),
    ("", ".list | combinations(1)"),
    ("", ".object | with_entries(.)"),
    ("", "reduce .list[] as $x (0; .)"),
    ("", "foreach .list[] as $x (0; .; empty)"),
];

/// Filters for an item with an object `.object` of ten keys of 100,000 bytes, of which the first bytes
/// are the same.
const KEYS: &[(&str, &str)] = &[
    ("has/1", "(.object | keys_unsorted[9]) as $x | .object | has($x)"),
    ("keys/0", ".object | keys"),
    ("to_entries/0", ".object | to_entries | from_entries"),
    ("", ".object | del(.a)"),
    ("", ".object == .object"),
    ("", ".object | with_entries(.)"),
    ("", ".object | map_values(.) | del(.last)"),
];

/// Functions whose work does not grow with their input, and numbers alone.
const CONSTANT: &[&str] = &[
    "gmtime",
    "isfinite",
    "isinfinite",
    "isnan",
    "isnormal",
    "localtime",
    "mktime",
    "not",
    "now",
    "type",
    "utf8bytelength",
];

/// Calls of a filter. The limits end them early if each counts 1,000 operations or 64,000 bytes, which
/// is one for 1,000 bytes of a text, or for 20 members of an array.
const CALLS: usize = 100;

fn assert_all_count(item: &str, filters: &[(&str, &str)]) {
    let item = Bytes::from(item.to_owned());
    let filters = filters.iter().map(|(_, filter)| *filter);
    let uncounted: Vec<_> = filters.filter(|filter| !is_counted(&item, filter)).collect();
    assert!(uncounted.is_empty(), "the filters count too little: {uncounted:#?}");
}

fn is_counted(item: &Bytes, filter: &str) -> bool {
    let limits = JqLimits::default().with_operations(CALLS as u64 * 1_000);
    let limits = limits.with_bytes(CALLS * 64_000);
    let text = format!(". as $item | last(range({CALLS}) | $item | try ({filter}) catch .)");
    let compiled = JqFilter::new(&text).unwrap().with_limits(limits);
    matches!(compiled.run(item), Err(JqError::Operations(_) | JqError::Bytes(_)))
}

/// Returns true for a function that fails if its input and its arguments are not numbers.
fn takes_numbers(native: Native, arguments: usize) -> bool {
    let meter = Meter::new(JqLimits::default(), usize::MAX);
    let arguments = vec![Value::text("x"); arguments];
    match native(&meter, Value::text("x"), &arguments) {
        Err(Stop::Error(thrown)) => thrown.public.ends_with("number required"),
        _ => false,
    }
}

#[test]
fn every_function_has_a_filter() {
    let tables = [TEXTS, LISTS, KEYS].concat();
    let tested: HashSet<_> = tables.iter().map(|(name, _)| (*name).to_owned()).collect();
    for (name, arguments, native) in NATIVES {
        let is_tested = tested.contains(&format!("{name}/{arguments}"));
        let is_constant = CONSTANT.contains(name) || takes_numbers(*native, *arguments);
        assert!(is_tested != is_constant, "{name}/{arguments}");
    }
    for (name, _) in FORMATS {
        assert!(tested.contains(*name), "{name}");
    }
}

#[test]
fn long_texts_count() {
    let text = "x".repeat(1_000_000);
    let (other, part) = (text[1..].to_owned() + "y", &text[500_000..]);
    let item = format!(
        r#"{{"text":"{text}","equal":"{text}","other":"{other}","part":"{part}","object":{{}},"list":[]}}"#
    );
    assert_all_count(&item, TEXTS);
}

#[test]
fn long_arrays_and_objects_count() {
    let list = |item: &dyn Fn(usize) -> String| {
        let items: Vec<_> = (0..20_000).map(item).collect();
        items.join(",")
    };
    let fields = [
        ("list", format!("[{}]", list(&|at| at.to_string()))),
        ("mixed", format!("[{{}},{}]", list(&|at| at.to_string()))),
        ("codes", format!("[{}]", list(&|_| "97".to_owned()))),
        ("path", format!("[{}]", list(&|_| "\"a\"".to_owned()))),
        ("paths", format!("[{}]", list(&|at| format!("[{at}]")))),
        ("rows", format!("[{}]", list(&|_| "[1]".to_owned()))),
        ("entries", format!("[{}]", list(&|at| format!(r#"{{"key":"k{at}"}}"#)))),
        ("object", format!("{{{}}}", list(&|at| format!(r#""k{at}":{at}"#)))),
    ];
    let fields = fields.map(|(name, value)| format!(r#""{name}":{value}"#));
    let item = format!("{{{}}}", fields.join(","));
    assert_all_count(&item, LISTS);
}

#[test]
fn long_keys_count() {
    let start = "x".repeat(100_000);
    let keys: Vec<_> = (0..10).map(|at| format!(r#""{start}{at}":{at}"#)).collect();
    let item = format!(r#"{{"object":{{"last":1,"a":1,{}}}}}"#, keys.join(","));
    assert_all_count(&item, KEYS);
}

/// The digits are parsed once, and not by each function.
#[test]
fn a_long_number_is_parsed_once() {
    let item = Bytes::from("1".repeat(1_000_000));
    for filter in [
        ". == .",
        "floor",
        ". + 1",
        "sin",
        "[., .] | sort",
        "try keys catch .",
        ". as $x | 0 | jn(0; $x)",
    ] {
        let text = format!(". as $item | last(range({CALLS}) | $item | {filter}) | type");
        assert!(JqFilter::new(&text).unwrap().run(&item).is_ok(), "{filter}");
    }
}

#[test]
fn bessel_functions_count_their_order() {
    assert_all_count("{}", &[("", "jn(1000000; 1)"), ("", "yn(1000000; 1)")]);
}
