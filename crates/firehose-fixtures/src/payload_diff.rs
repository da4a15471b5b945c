//! The differences between two payloads.

use std::str;

use base64::{Engine, engine::general_purpose::STANDARD};
use similar::TextDiff;

use crate::{
    json_tree::JsonTree,
    matching::Rules,
    payload::{Payload, text_tree},
    tree_diff::{TreeDifference, list_differences, shortened, shown, tree_differences},
};

/// Returns the differences that the rules do not accept. Compares the spaces between JSON tokens only
/// if `is_exact` is set and there are no rules.
pub(crate) fn payload_differences(
    expected: &[u8],
    actual: &[u8],
    is_exact: bool,
    rules: Rules<'_>,
) -> Vec<TreeDifference> {
    let found = match (Payload::of(expected), Payload::of(actual)) {
        (Payload::Json(expected), Payload::Json(actual)) => {
            tree_differences(&expected, &actual, rules)
        }
        (
            Payload::JsonLines { lines: expected, final_newline },
            Payload::JsonLines { lines: actual, final_newline: found },
        ) => {
            let mut differences: Vec<_> = list_differences(&expected, &actual, rules)
                .into_iter()
                .map(|(line, it)| TreeDifference {
                    path: format!("line {} {}", line + 1, it.path),
                    ..it
                })
                .collect();
            if final_newline != found {
                let text = format!("expected {final_newline}, found {found}");
                differences.push(at("finalNewline", text));
            }
            differences
        }
        (Payload::Text(expected), Payload::Text(actual)) => {
            text_differences(expected, actual, rules)
        }
        (expected, actual) if expected == actual => Vec::new(),
        (one, other) => {
            let text = format!("expected {}, found {}", shown_form(&one), shown_form(&other));
            vec![at("payload", text)]
        }
    };
    if found.is_empty() && is_exact && rules.is_empty() && expected != actual {
        let (one, other) = (exact(expected), exact(actual));
        return vec![at("payload", format!("expected {one}, found {other}; only spaces differ"))];
    }
    found
}

/// Compares texts. A rule for the path `.` applies to a whole text.
fn text_differences(expected: &str, actual: &str, rules: Rules<'_>) -> Vec<TreeDifference> {
    let found = tree_differences(&text_tree(expected), &text_tree(actual), rules).into_iter();
    let is_one_line = |text: &str| !text.trim_end_matches('\n').contains('\n');
    let text = match is_one_line(expected) && is_one_line(actual) {
        true => None,
        false => {
            let diff = TextDiff::from_lines(expected, actual);
            let diff = diff.unified_diff().header("expected", "actual").to_string();
            Some(format!("the lines differ\n{}", diff.trim_end_matches('\n')))
        }
    };
    let found = found.map(|it| TreeDifference {
        path: "text".to_owned(),
        // With rules, keep the text, because it may name the rule that rejects the value.
        text: match rules.is_empty() {
            true => text.clone().unwrap_or(it.text),
            false => it.text,
        },
        rule: it.rule,
    });
    found.collect()
}

/// Formats a payload for a message.
pub(crate) fn shown_payload(payload: &[u8]) -> String {
    shown_form(&Payload::of(payload))
}

fn shown_form(payload: &Payload<'_>) -> String {
    match payload {
        Payload::Json(value) => format!("the JSON value {}", shown(value)),
        Payload::JsonLines { lines, final_newline } => {
            let text: Vec<_> = lines.iter().map(JsonTree::to_string).collect();
            let newline = if *final_newline { "\n" } else { "" };
            format!("JSON lines, {:?}", shortened(&format!("{}{newline}", text.join("\n"))))
        }
        Payload::Text(text) => format!("the text {:?}", shortened(text)),
        Payload::Binary(bytes) => {
            let base64 = STANDARD.encode(bytes);
            format!("{} bytes that are not UTF-8, {}", bytes.len(), shortened(&base64))
        }
    }
}

/// Formats a payload for a message, with its spaces.
fn exact(payload: &[u8]) -> String {
    format!("{:?}", shortened(str::from_utf8(payload).unwrap_or_default()))
}

fn at(path: &str, text: String) -> TreeDifference {
    TreeDifference { path: path.to_owned(), text, rule: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Matching;

    fn differences(expected: &str, actual: &[u8], is_exact: bool, matching: &str) -> Vec<String> {
        let case: Matching = serde_json::from_str(matching).unwrap();
        let rules = Rules { record: &Matching::default(), case: &case };
        let found = payload_differences(expected.as_bytes(), actual, is_exact, rules);
        found.iter().map(|it| format!("{}: {}", it.path, it.text)).collect()
    }

    #[test]
    fn lines_of_json_are_compared_one_by_one() {
        let expected = "{\"a\":1,\"t\":1}\n{\"a\":2,\"t\":1}\n";
        let matching = r#"{".t": "integer"}"#;
        let found = |actual: &str| differences(expected, actual.as_bytes(), false, matching);
        assert!(found("{\"a\":1, \"t\":5}\n{\"a\":2,\"t\":6}\n").is_empty());
        assert_eq!(
            found("{\"a\":1,\"t\":5}\n{\"a\":3,\"t\":6}"),
            ["line 2 .a: expected 2, found 3", "finalNewline: expected true, found false"]
        );
        assert_eq!(
            found("{\"a\":2,\"t\":5}\n"),
            ["line 1 .: expected {\"a\":1,\"t\":1}, but the value is missing"]
        );
    }

    #[test]
    fn a_payload_of_another_form_is_shown_as_a_whole() {
        assert_eq!(
            differences("{\"a\":1}", b"{\"a\":1}\n", false, "{}"),
            ["payload: expected the JSON value {\"a\":1}, found JSON lines, \"{\\\"a\\\":1}\\n\""]
        );
        assert_eq!(
            differences("x", b"\xff\x00", false, "{}"),
            ["payload: expected the text \"x\", found 2 bytes that are not UTF-8, /wA="]
        );
    }

    #[test]
    fn text_is_compared_with_its_spaces() {
        assert_eq!(
            differences("{\"a\":1}", b"{\"a\": 1}", true, "{}"),
            ["payload: expected \"{\\\"a\\\":1}\", found \"{\\\"a\\\": 1}\"; only spaces differ"]
        );
        assert!(differences("{\"a\":1}", b"{\"a\": 1}", false, "{}").is_empty());
        assert_eq!(differences("a", b"b", true, "{}"), ["text: expected \"a\", found \"b\""]);
        assert_eq!(
            differences("a\nb\nc\n", b"a\nx\nc\n", true, "{}"),
            ["text: the lines differ\n--- expected\n+++ actual\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c"]
        );
    }

    #[test]
    fn a_rule_for_the_whole_text_accepts_a_text() {
        let matching = r#"{".": {"pattern": "at [0-9]+"}}"#;
        assert!(differences("at 1", b"at 22", true, matching).is_empty());
        assert_eq!(
            differences("at 1", b"at noon", true, matching),
            ["text: expected a text that matches {\"pattern\":\"at [0-9]+\"}, found \"at noon\""]
        );
    }
}
