use super::{collections, conversions, encoding, format, maps, numbers, text};
use crate::{
    cloudformation::evaluator::Unresolved,
    terraform::language::{
        budget::EvaluationBudget,
        value::{Fault, Value},
    },
};

/// The functions that accept collections with unknown items.
const ACCEPT_UNKNOWN_ITEMS: &[&str] = &[
    "chunklist",
    "coalesce",
    "coalescelist",
    "concat",
    "element",
    "flatten",
    "keys",
    "length",
    "lookup",
    "merge",
    "nonsensitive",
    "one",
    "reverse",
    "sensitive",
    "setproduct",
    "slice",
    "tolist",
    "tomap",
    "values",
    "zipmap",
];

/// Calls a function by its name.
pub(crate) fn call(
    name: &str,
    arguments: &[Value],
    budget: &EvaluationBudget,
) -> Result<Value, Fault> {
    let accepts_items = ACCEPT_UNKNOWN_ITEMS.contains(&name);
    let unknown = arguments.iter().find_map(|argument| match argument {
        Value::Unknown(unknown) => Some(&**unknown),
        _ if accepts_items => None,
        other => other.first_unknown(),
    });
    match unknown {
        Some(unknown) if !accepts_items || name != "coalesce" => {
            Ok(unknown_result(name, arguments, unknown, budget))
        }
        _ => call_known(name, arguments, budget),
    }
}

/// Returns the unknown result of a function with an unknown argument. The placeholder of the result
/// is the value of the function for the placeholders of the arguments.
fn unknown_result(
    name: &str,
    arguments: &[Value],
    unknown: &Unresolved,
    budget: &EvaluationBudget,
) -> Value {
    let known: Option<Vec<_>> = arguments.iter().map(with_placeholders).collect();
    let placeholder = known
        .and_then(|arguments| call_known(name, &arguments, budget).ok())
        .and_then(|value| value.to_text());
    Value::Unknown(Box::new(Unresolved { placeholder, ..unknown.clone() }))
}

/// Returns a value with the placeholders of its unknown parts.
fn with_placeholders(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Unknown(unknown) => Value::Text(unknown.placeholder.clone()?),
        Value::List(items) => {
            Value::List(items.iter().map(with_placeholders).collect::<Option<_>>()?)
        }
        Value::Map(entries) => {
            let entries = entries.iter();
            let entries =
                entries.map(|(key, value)| Some((key.clone(), with_placeholders(value)?)));
            Value::Map(entries.collect::<Option<_>>()?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => value.clone(),
    })
}

fn call_known(name: &str, arguments: &[Value], budget: &EvaluationBudget) -> Result<Value, Fault> {
    let families = [
        text::call(name, arguments),
        collections::call(name, arguments, budget),
        maps::call(name, arguments),
        numbers::call(name, arguments),
        conversions::call(name, arguments, budget),
        encoding::call(name, arguments, budget),
        format::call(name, arguments, budget),
    ];
    let result = families.into_iter().flatten().next();
    result.unwrap_or_else(|| {
        let reason = format!("the function {name} is not evaluated");
        Ok(Value::deployed(name, reason))
    })
}

#[cfg(test)]
mod tests {
    use hcl_edit::{
        Decorated,
        expr::{Expression, TraversalOperator},
    };

    use super::*;
    use crate::terraform::language::{Bindings, Scope, evaluate};

    /// A scope with one unknown value, `unknown.name`, whose placeholder is `name`.
    #[derive(Default)]
    struct UnknownScope(EvaluationBudget);

    impl Scope for UnknownScope {
        fn reference(
            &self,
            root: &str,
            _: &[Decorated<TraversalOperator>],
            _: &Bindings,
        ) -> Result<Value, Fault> {
            let Value::Unknown(unknown) = Value::deployed(root, "unknown") else {
                return Err(Fault::new("not unknown"));
            };
            let placeholder = Some("name".to_owned());
            Ok(Value::Unknown(Box::new(Unresolved { placeholder, ..*unknown })))
        }

        fn file_function(
            &self,
            _: &str,
            _: &[Value],
            _: &Bindings,
        ) -> Option<Result<Value, Fault>> {
            None
        }

        fn budget(&self) -> &EvaluationBudget {
            &self.0
        }
    }

    /// Returns the value of an expression as JSON, or its fault.
    fn value(text: &str) -> String {
        let expression: Expression = text.parse().unwrap();
        let scope = UnknownScope::default();
        match evaluate(&expression, &scope, &Bindings::default()) {
            Ok(Value::Unknown(unknown)) => {
                format!("unknown {}", unknown.placeholder.unwrap_or_default())
            }
            Ok(value) => encoding::to_json(&value).map_or_else(|it| it.0, |it| it.to_string()),
            Err(fault) => fault.0,
        }
    }

    #[test]
    fn functions_have_the_values_of_terraform() {
        for (text, expected) in [
            (r#"lower("AB")"#, r#""ab""#),
            (r#"title("hello world")"#, r#""Hello World""#),
            (r#"trimspace(" a ")"#, r#""a""#),
            (r#"trim("?!hello?!", "!?")"#, r#""hello""#),
            (r#"trimprefix("helloworld", "hello")"#, r#""world""#),
            (r#"replace("1 + 2", "+", "-")"#, r#""1 - 2""#),
            (r#"replace("hello world", "/w.*d/", "everybody")"#, r#""hello everybody""#),
            (r#"substr("hello world", 1, 4)"#, r#""ello""#),
            (r#"substr("hello", -3, -1)"#, r#""llo""#),
            (r#"split(",", "a,b")"#, r#"["a","b"]"#),
            (r#"join("-", ["a", 1, true])"#, r#""a-1-true""#),
            (r#"startswith("abc", "ab")"#, "true"),
            (r#"regex("[a-z]+", "53453453.345345aaabbbccc23454")"#, r#""aaabbbccc""#),
            (r#"regexall("[a-z]", "1a2b")"#, r#"["a","b"]"#),
            (
                r#"format("%s-%03d-%.1f-%v-%q", "a", 7, 1.25, true, "b")"#,
                r#""a-007-1.2-true-\"b\"""#,
            ),
            (r#"format("%[2]s %[1]s 100%%", "a", "b")"#, r#""b a 100%""#),
            (r#"formatlist("%s-%s", "a", ["b", "c"])"#, r#"["a-b","a-c"]"#),
            ("concat([1], [2, 3])", "[1,2,3]"),
            ("element([1, 2, 3], 4)", "2"),
            ("flatten([[1, [2]], [], 3])", "[1,2,3]"),
            ("contains([1, 2], 2)", "true"),
            ("slice([1, 2, 3], 1, 2)", "[2]"),
            ("distinct([1, 2, 1])", "[1,2]"),
            (r#"compact(["a", "", null])"#, r#"["a"]"#),
            (r#"sort(["b", "a"])"#, r#"["a","b"]"#),
            ("range(1, 7, 2)", "[1,3,5]"),
            ("range(3)", "[0,1,2]"),
            (r#"coalesce("", null, "b")"#, r#""b""#),
            (r#"toset(["b", "a", "b"])"#, r#"["a","b"]"#),
            ("one([])", "null"),
            ("setproduct([1, 2], [3])", "[[1,3],[2,3]]"),
            ("sum([1, 2.5])", "3.5"),
            (r#"zipmap(["a"], [1])"#, r#"{"a":1}"#),
            ("merge({a = 1}, {a = 2, b = 3}, null)", r#"{"a":2,"b":3}"#),
            (r#"lookup({a = 1}, "b", 2)"#, "2"),
            ("keys({b = 1, a = 2})", r#"["a","b"]"#),
            ("length(\"äb\")", "2"),
            ("length({a = 1})", "1"),
            ("max(1, 3, 2)", "3"),
            ("parseint(\"ff\", 16)", "255"),
            ("ceil(1.1)", "2"),
            ("tostring(1)", r#""1""#),
            ("tonumber(\"1.5\")", "1.5"),
            (r#"jsonencode({a = [1, "<x>"]})"#, r#""{\"a\":[1,\"\\u003cx\\u003e\"]}""#),
            (r#"jsondecode("{\"a\": [1, null]}")"#, r#"{"a":[1,null]}"#),
            (r#"yamldecode("a: [1, x]")"#, r#"{"a":[1,"x"]}"#),
            (r#"base64decode(base64encode("hi"))"#, r#""hi""#),
            (r#"urlencode("a b&c")"#, r#""a+b%26c""#),
            (r#"try(tonumber("x"), 5)"#, "5"),
            (r#"can(tonumber("x"))"#, "false"),
            (r#"dirname("a/b.py")"#, r#""a""#),
            (r#"basename("a/b.py")"#, r#""b.py""#),
            ("[for n in [1, 2] : n * 2 if n > 1]", "[4]"),
            ("{for k, v in {a = 1} : upper(k) => v}", r#"{"A":1}"#),
            (
                "{for n in [1, 2, 3] : n % 2 == 0 ? \"even\" : \"odd\" => n...}",
                r#"{"even":[2],"odd":[1,3]}"#,
            ),
            ("[{a = 1}, {a = 2}][*].a", "[1,2]"),
            (r#""%{ if true ~} yes %{ else } no %{ endif }!""#, r#""yes !""#),
            (r#""%{ for n in [1, 2] }${n},%{ endfor }""#, r#""1,2,""#),
            ("!true || 1 + 2 * 3 == 7", "true"),
            (r#""$${a} %%{b} !{c}""#, r#""${a} %{b} !{c}""#),
            (r#""$${a}-${1}-%%{b}""#, r#""${a}-1-%{b}""#),
            ("<<EOT\n$${a} ${1}\nEOT", r#""${a} 1\n""#),
            ("<<-EOT\n    a\n      b\n    EOT", r#""a\n  b\n""#),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn a_wrong_call_is_a_fault() {
        let cases = [
            "lower(1, 2)",
            "tonumber(\"x\")",
            "1 / 0",
            "element([], 0)",
            "range(100000)",
            "{a = 1}.b",
            "[1][1]",
            "\"x${[1]}\"",
            "\"x\" + 1",
            "jsondecode(\"{\")",
            "parseint(\"zz\", 10)",
            "format(\"%d\", \"x\")",
        ];
        insta::assert_snapshot!(cases.map(value).join("\n"), @r"
        the arguments of the function lower are wrong
        a text cannot be converted to a number
        the result of a calculation is not a number
        the list of element() is empty
        a list of range() has more than 1024 items
        the value has no attribute b
        the value has no item 1
        `${...}` needs a text, but its value is a list
        an operand must be a number, but is a text
        jsondecode: EOF while parsing an object at line 1 column 1
        the arguments of the function parseint are wrong
        `%d` of format() does not fit a text
        ");
    }

    #[test]
    fn an_unknown_value_has_a_placeholder() {
        for (text, expected) in [
            ("\"${x.y}-logs\"", "unknown name-logs"),
            ("join(\"/\", [x.y, \"a\"])", "unknown name/a"),
            ("lower(format(\"%s-A\", x.y))", "unknown name-a"),
            ("x.y == null", "false"),
            ("[for each in [{a = x.y}, null] : 1 if each != null]", "[1]"),
            ("{a = 1, b = x.y} == {a = 2, b = 1}", "false"),
            ("[x.y] == [1]", "unknown name"),
            ("x.y ? 1 : 2", "unknown name"),
            ("length([x.y])", "1"),
            ("unheard_of(1)", "unknown "),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }
}
