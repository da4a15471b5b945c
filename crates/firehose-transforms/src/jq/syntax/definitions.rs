//! The functions of jq whose definitions here are jq filters.

/// A function whose definition is a jq filter.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: &'static str,
    pub(crate) parameters: &'static [&'static str],
    pub(crate) body: &'static str,
}

const fn define(
    name: &'static str,
    parameters: &'static [&'static str],
    body: &'static str,
) -> Definition {
    Definition { name, parameters, body }
}

/// All definitions. A definition may call the internal functions, whose names begin with `_`.
pub(crate) const DEFINITIONS: &[Definition] = &[
    define("IN", &["s"], ". as $x | any(s; . == $x)"),
    define("IN", &["src", "s"], "any(src | IN(s); .)"),
    define("INDEX", &["f"], "INDEX(.[]; f)"),
    define(
        "INDEX",
        &["stream", "f"],
        r#"reduce stream as $row ({}; .[$row | f | if type == "string" then . else tojson end] = $row)"#,
    ),
    define("JOIN", &["$idx", "f"], "[.[] | [., $idx[f]]]"),
    define("JOIN", &["$idx", "stream", "f"], "stream | [., $idx[f]]"),
    define("JOIN", &["$idx", "stream", "f", "join"], "stream | [., $idx[f]] | join"),
    define("all", &[], "all(.[]; .)"),
    define("all", &["f"], "all(.[]; f)"),
    define("any", &[], "any(.[]; .)"),
    define("any", &["f"], "any(.[]; f)"),
    define("arrays", &[], r#"select(type == "array")"#),
    define("booleans", &[], r#"select(type == "boolean")"#),
    define("capture", &["re"], "_matches(re) | .[] | _capture"),
    define("capture", &["re", "flags"], "_matches(re; flags) | .[] | _capture"),
    define(
        "combinations",
        &[],
        "if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $rest | [$x] + $rest end",
    ),
    define("combinations", &["n"], ". as $dot | [range(n) | $dot] | combinations"),
    define("finites", &[], "select(isfinite)"),
    define("first", &[], ".[0]"),
    define("fromdate", &[], "fromdateiso8601"),
    define("fromdateiso8601", &[], r#"strptime("%Y-%m-%dT%H:%M:%SZ") | mktime"#),
    define(
        "fromstream",
        &["events"],
        r"foreach events as $event ({};
            if .done then {} else . end
            | if ($event | length) == 2 then
                .value = (.value | setpath($event[0]; $event[1]))
                | .done = (($event[0] | length) == 0)
              else .done = (($event[0] | length) == 1) end;
            if .done then .value else empty end)",
    ),
    define("gsub", &["$re", "text"], r#"sub($re; text; "g")"#),
    define("gsub", &["$re", "text", "$flags"], r#"sub($re; text; $flags + "g")"#),
    define("in", &["container"], ". as $x | container | has($x)"),
    define("index", &["$i"], "indices($i) | .[0]"),
    define("inside", &["container"], ". as $x | container | contains($x)"),
    define("iterables", &[], r#"select(type == "array" or type == "object")"#),
    define("last", &[], ".[-1]"),
    define("leaf_paths", &[], "paths(scalars)"),
    define("match", &["re"], "_matches(re) | .[]"),
    define("match", &["re", "flags"], "_matches(re; flags) | .[]"),
    define("normals", &[], "select(isnormal)"),
    define("nth", &["$n"], ".[$n]"),
    define(
        "nth",
        &["$n", "f"],
        r#"if $n < 0 then error("nth doesn't support negative indices") else last(limit($n + 1; f)) end"#,
    ),
    define("nulls", &[], "select(. == null)"),
    define("numbers", &[], r#"select(type == "number")"#),
    define("objects", &[], r#"select(type == "object")"#),
    define("paths", &[], "path(..) | select(length > 0)"),
    define("paths", &["f"], ". as $dot | paths | select(. as $path | $dot | getpath($path) | f)"),
    define("range", &["$upto"], "range(0; $upto)"),
    define("recurse", &["f", "condition"], "recurse(f | select(condition))"),
    define("recurse_down", &[], "recurse"),
    define("rindex", &["$i"], "indices($i) | .[-1:] | .[0]"),
    define("scalars", &[], r#"select(type != "array" and type != "object")"#),
    define(
        "scalars_or_empty",
        &[],
        r#"select((type != "array" and type != "object") or length == 0)"#,
    ),
    define(
        "scan",
        &["re"],
        r#"_matches(re; "g") | .[] | if .captures == [] then .string else [.captures[].string] end"#,
    ),
    define("split", &["$re", "flags"], "[splits($re; flags)]"),
    define("splits", &["$re"], "splits($re; null)"),
    define("splits", &["$re", "flags"], r#"_split($re; "g" + flags) | .[]"#),
    define("strings", &[], r#"select(type == "string")"#),
    define("sub", &["$re", "text"], r#"sub($re; text; "")"#),
    define("todate", &[], "todateiso8601"),
    define("todateiso8601", &[], r#"strftime("%Y-%m-%dT%H:%M:%SZ")"#),
    define("tostream", &[], "_events | .[]"),
    define(
        "truncate_stream",
        &["events"],
        ". as $depth | null | events | . as $event | select(($event[0] | length) > $depth)
            | setpath([0]; $event[0][$depth:])",
    ),
    define("values", &[], "select(. != null)"),
    define("with_entries", &["f"], "to_entries | map(f) | from_entries"),
];
