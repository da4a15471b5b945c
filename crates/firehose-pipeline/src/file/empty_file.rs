/// Returns `true` if the text has no field of a pipeline: only white space, comments and document
/// markers, or the field `steps` without a step and without another field.
///
/// Such a file would be a valid pipeline that passes each record on. It is more likely that the file was
/// not copied completely, or that its steps are commented out.
pub(super) fn is_empty(text: &str) -> bool {
    // A `#` in a value cuts the value here, but never the key before it.
    let lines = text.trim_start_matches('\u{feff}').lines();
    let contents = lines.map(|line| line.split('#').next().unwrap_or_default().trim());
    let mut contents = contents.filter(|content| !matches!(*content, "" | "---" | "..."));
    match contents.next() {
        None => true,
        Some("steps:") => contents.next().is_none(),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_empty;

    #[test]
    fn a_file_without_a_field_is_empty() {
        for text in [
            "",
            " \n\t\r\n",
            "# input: json",
            "\u{feff}# a\n\n  # b\n",
            "---\n# a\n...\n",
            "steps:",
            "steps: # none\n  # - redact: [email]\n",
        ] {
            assert!(is_empty(text), "{text:?}");
        }
        for text in [
            "input: json",
            "{}",
            "steps: []",
            "# a\nsteps:\noutput: text",
            "steps:\n  - jq: .a",
            "steps:\n- jq: '#'",
            "---\n[]",
        ] {
            assert!(!is_empty(text), "{text:?}");
        }
    }
}
