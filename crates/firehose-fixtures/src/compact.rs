/// Removes the spaces between JSON tokens, and gives each string its shortest spelling. Two texts
/// that differ only in spaces and in the spelling of strings become equal.
///
/// Numbers keep their spelling: `1.0` is not `1`, and no digit is lost.
pub(crate) fn compact(json: &str) -> String {
    let mut compacted = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(next) = rest.find(|it: char| it == '"' || it.is_ascii_whitespace()) {
        compacted.push_str(&rest[..next]);
        rest = &rest[next..];
        if rest.starts_with('"') {
            let (string, after) = rest.split_at(string_length(rest));
            match serde_json::from_str::<String>(string).and_then(|it| serde_json::to_string(&it)) {
                Ok(shortest) => compacted.push_str(&shortest),
                Err(_) => compacted.push_str(string),
            }
            rest = after;
        } else {
            rest = rest.trim_ascii_start();
        }
    }
    compacted.push_str(rest);
    compacted
}

/// Returns the length of the string literal at the start of `json`, including the quotes.
fn string_length(json: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in json.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn spaces_and_escapes_are_insignificant() {
        let spelt = " { \"a b\" : [ 1 , 2.0 ] ,\n\t\"\\u00e9\\\"\\/\" : \" x \" } ";
        assert_eq!(compact(spelt), r#"{"a b":[1,2.0],"é\"/":" x "}"#);
    }

    #[test]
    fn order_and_numbers_are_significant() {
        assert_ne!(compact(r#"{"a":1,"b":2}"#), compact(r#"{"b":2,"a":1}"#));
        assert_ne!(compact("1.0"), compact("1"));
        let long = "123456789012345678901234567890";
        assert_eq!(compact(long), long);
    }

    #[test]
    fn text_that_is_not_json_is_unchanged() {
        for odd in ["\"", "\"\\", "\"\\\"", "\\", ""] {
            assert_eq!(compact(odd), odd);
        }
    }
}
