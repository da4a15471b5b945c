/// Rewrites the error of a regular expression, which has several lines, as a part of one line.
///
/// The crate `regex` writes the pattern below `regex parse error:`, marks the position with `^` in the
/// next line, and ends with `error:` and the reason.
pub(super) fn on_one_line(error: &str) -> String {
    let Some((before, lines)) = error.split_once("regex parse error:\n") else {
        return error.to_owned();
    };
    let lines: Vec<&str> = lines.lines().collect();
    match lines.as_slice() {
        [pattern, marker, reason] if reason.starts_with("error: ") && marker.contains('^') => {
            let reason = reason.trim_start_matches("error: ");
            // Both lines have the same indentation.
            let indentation = pattern.len() - pattern.trim_start().len();
            let column = marker.find('^').unwrap_or_default().saturating_sub(indentation) + 1;
            format!("{before}{reason} at character {column} of `{}`", pattern.trim())
        }
        lines => {
            let words: Vec<_> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
            format!("{before}{}", words.join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::on_one_line;

    #[test]
    fn the_error_of_a_pattern_has_one_line() {
        for (error, expected) in [
            ("no pattern", "no pattern"),
            (
                "invalid pattern: regex parse error:\n    a(b\n     ^\nerror: unclosed group",
                "invalid pattern: unclosed group at character 2 of `a(b`",
            ),
            ("regex parse error:\n    a\n", "a"),
            (
                "regex parse error:\n~~~\n1: (?x)\n2: (\n   ^\nerror: x",
                "~~~ 1: (?x) 2: ( ^ error: x",
            ),
        ] {
            assert_eq!(on_one_line(error), expected);
        }
    }
}
