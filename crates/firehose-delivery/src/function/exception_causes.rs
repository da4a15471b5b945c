use serde_json::Value;

/// Adds the causes of an error to its message, such as a failed import behind another exception. A cause
/// whose text is in the message is left out.
///
/// `exceptions` is a JSON object with the list `exceptions`, whose first element is the error.
pub(crate) fn with_causes(mut message: String, exceptions: &[u8]) -> String {
    let parsed: Value = serde_json::from_slice(exceptions).unwrap_or_default();
    let all = parsed["exceptions"].as_array();
    for exception in all.into_iter().flatten().skip(1) {
        let text = |name: &str| exception[name].as_str().unwrap_or_default();
        let (kind, reason) = (text("type"), text("message"));
        if !reason.is_empty() && !message.contains(reason) {
            message.push_str(&format!(" (caused by {kind}: {reason})"));
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_added_once() {
        let exceptions = br#"{"exceptions": [
            {"type": "RuntimeError", "message": "no setup"},
            {"type": "ImportError", "message": "No module named 'pandas'"},
            {"type": "ModuleNotFoundError", "message": "No module named 'pandas'"},
            {"type": "Empty", "message": ""}
        ]}"#;
        let message = with_causes("no setup".to_owned(), exceptions);
        assert_eq!(message, "no setup (caused by ImportError: No module named 'pandas')");
        for other in
            [&b""[..], b"text", b"[]", br#"{"exceptions": 1}"#, br#"{"exceptions": [1, 2]}"#]
        {
            assert_eq!(with_causes("m".to_owned(), other), "m");
        }
    }
}
