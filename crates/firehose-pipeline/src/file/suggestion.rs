use firehose_transforms::nearest_name;

/// Rewrites an error of serde about an unknown name, and adds the nearest known name.
///
/// serde writes ``unknown field `a`, expected one of `b`, `c` `` or ``unknown variant …``.
pub(crate) fn with_suggestion(error: &str) -> String {
    let start = ["unknown field `", "unknown variant `"]
        .into_iter()
        .find_map(|start| error.find(start).map(|at| (at, at + start.len())));
    let Some((start, name_start)) = start else { return error.to_owned() };
    let Some((name, known)) = error[name_start..].split_once("`, ") else {
        return error.to_owned();
    };
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    let mut text = format!("{}unknown name `{name}`", &error[..start]);
    if let Some(nearest) = nearest_name(name, known.iter().copied()) {
        text.push_str(&format!("; did you mean `{nearest}`?"));
    }
    if !known.is_empty() {
        let separator = if text.ends_with('?') { "" } else { "." };
        text.push_str(&format!("{separator} Allowed: {}", known.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::with_suggestion;

    #[test]
    fn unknown_names_have_a_suggestion() {
        for (error, expected) in [
            ("missing field `steps`", "missing field `steps`"),
            (
                "steps[1]: unknown variant `redakt`, expected one of `jq`, `redact`, `drop_if`",
                "steps[1]: unknown name `redakt`; did you mean `redact`? Allowed: jq, redact, drop_if",
            ),
            (
                "unknown field `x`, expected `input` or `steps`",
                "unknown name `x`. Allowed: input, steps",
            ),
            ("unknown field `x`, there are no fields", "unknown name `x`"),
        ] {
            assert_eq!(with_suggestion(error), expected);
        }
    }
}
