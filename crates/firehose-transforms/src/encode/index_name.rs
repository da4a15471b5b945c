use super::{
    error::InvalidEncoder,
    field_value::{Choice, FieldValue},
};

/// The maximum length of the name of an index, in bytes.
const MAX_BYTES: usize = 255;

/// Checks that a constant can be the name of an index. A filter is always valid here.
///
/// Names follow the rules of Elasticsearch and OpenSearch. `%`, `+`, `{` and `}` are refused too: with
/// them, the constant is a template or an expression that nothing evaluates.
pub(super) fn check_index_name(index: &FieldValue) -> Result<(), InvalidEncoder> {
    let Choice::Constant(name) = &index.0 else { return Ok(()) };
    let Some(problem) = problem(name) else { return Ok(()) };
    Err(InvalidEncoder::new(format!(
        "index: the constant `{name}` {problem}, so it is not the name of an index; if the name depends \
         on the item, write a jq filter, which begins with a dot: '. | \"logs-\" + .time[0:10]'"
    )))
}

fn problem(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("is empty".to_owned());
    }
    if let Some(first) = name.chars().next().filter(|first| matches!(first, '-' | '_')) {
        return Some(format!("begins with `{first}`"));
    }
    let is_special = |it: &char| it.is_control() || "\\/*?\"<>|,#:%+{}".contains(*it);
    if name.contains(char::is_whitespace) {
        return Some("has a space".to_owned());
    }
    if let Some(found) = name.chars().find(is_special) {
        return Some(match found.is_control() {
            true => "has a control character".to_owned(),
            false => format!("has `{found}`"),
        });
    }
    if let Some(letter) = name.chars().find(|it| it.is_uppercase()) {
        return Some(format!("has the upper-case letter `{letter}`"));
    }
    (name.len() > MAX_BYTES).then(|| format!("has more than {MAX_BYTES} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_is_the_name_of_an_index() {
        for (name, expected) in [
            ("logs", None),
            ("logs-2026.01_é", None),
            ("", Some("is empty")),
            ("-logs", Some("begins with `-`")),
            ("_logs", Some("begins with `_`")),
            ("logs-{.day}", Some("has `{`")),
            ("logs-%Y", Some("has `%`")),
            ("\"logs-\" + .day", Some("has a space")),
            ("\"logs\"", Some("has `\"`")),
            ("a+b", Some("has `+`")),
            ("a,b", Some("has `,`")),
            ("a:b", Some("has `:`")),
            ("<logs>", Some("has `<`")),
            ("a\\b", Some("has `\\`")),
            ("a\0", Some("has a control character")),
            ("logsA", Some("has the upper-case letter `A`")),
        ] {
            assert_eq!(problem(name).as_deref(), expected, "{name}");
        }
        assert_eq!(problem(&"a".repeat(255)), None);
        assert_eq!(problem(&"a".repeat(256)).as_deref(), Some("has more than 255 bytes"));
        for character in "/*?|#}".chars() {
            assert_eq!(problem(&format!("a{character}")), Some(format!("has `{character}`")));
        }
    }

    #[test]
    fn a_filter_is_not_checked() {
        assert!(check_index_name(&". | \"Logs \" + .day".parse().unwrap()).is_ok());
        let error = check_index_name(&FieldValue::constant("Logs")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "index: the constant `Logs` has the upper-case letter `L`, so it is not the name of an \
             index; if the name depends on the item, write a jq filter, which begins with a dot: \
             '. | \"logs-\" + .time[0:10]'"
        );
    }
}
