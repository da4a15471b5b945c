/// Rewrites an error of serde about a value of the wrong type, in the words of pipeline files.
///
/// serde writes `invalid type: sequence, expected usize`, with the names of Rust types.
pub(super) fn with_plain_types(error: &str) -> String {
    let parts = ["invalid type: ", "invalid value: "].into_iter().find_map(|start| {
        let (before, rest) = error.split_once(start)?;
        let (found, expected) = rest.split_once(", expected ")?;
        Some((before, found, expected))
    });
    match parts {
        Some((before, found, expected)) => {
            format!("{before}found {}, expected {}", plain_value(found), plain_type(expected))
        }
        None => error.to_owned(),
    }
}

fn plain_type(expected: &str) -> &str {
    match expected {
        "usize" | "u64" | "u32" => "a whole number, 0 or more",
        "a boolean" => "`true` or `false`",
        "a character" => "one character",
        "a map" => "an object",
        "a sequence" => "a list",
        _ if expected.starts_with("enum ") || expected.starts_with("a YAML tag") => "a name",
        _ if expected.starts_with("struct ") => "an object",
        _ => expected,
    }
}

fn plain_value(found: &str) -> String {
    match found {
        "unit value" => "nothing".to_owned(),
        "sequence" => "a list".to_owned(),
        "map" => "an object".to_owned(),
        _ => {
            let kinds =
                [("integer ", "the number "), ("floating point ", "the number "), ("boolean ", "")];
            let plain =
                kinds.iter().find_map(|(kind, word)| Some((word, found.strip_prefix(kind)?)));
            match plain {
                Some((word, value)) => format!("{word}{value}"),
                None if found.starts_with("string ") => format!("the {found}"),
                None => found.to_owned(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::with_plain_types;

    #[test]
    fn errors_have_no_names_of_rust_types() {
        for (error, expected) in [
            ("the step has no name", "the step has no name"),
            (
                "steps[0].mask.keep_last: invalid type: string \"x\", expected usize",
                "steps[0].mask.keep_last: found the string \"x\", expected a whole number, 0 or more",
            ),
            (
                "output: invalid type: sequence, expected enum OutputName",
                "output: found a list, expected a name",
            ),
            (
                "on_error: invalid type: map, expected a YAML tag starting with '!'",
                "on_error: found an object, expected a name",
            ),
            (
                "input: invalid type: unit value, expected the name of a format",
                "input: found nothing, expected the name of a format",
            ),
            (
                "invalid type: integer `5`, expected a map",
                "found the number `5`, expected an object",
            ),
            (
                "invalid type: floating point `1.5`, expected x",
                "found the number `1.5`, expected x",
            ),
            (
                "invalid type: boolean `true`, expected struct SnakeCaseOptions",
                "found `true`, expected an object",
            ),
            (
                "invalid value: string \"xx\", expected a character",
                "found the string \"xx\", expected one character",
            ),
        ] {
            assert_eq!(with_plain_types(error), expected);
        }
    }
}
