use std::str;

use bytes::Bytes;
use serde_json::Value;

/// The name of the field that takes a text if a payload has no text of its own.
const NOTE: &str = "note";

/// A place in a payload that can take more text.
#[derive(Clone, Debug)]
pub(super) struct TextPlace {
    /// The payload as JSON. `None` for a payload that is only text.
    json: Option<Value>,
    /// The path of a text in the JSON, as a JSON pointer. `None` for a new field of the object.
    pointer: Option<String>,
    text: Bytes,
}

impl TextPlace {
    /// Finds the place in a payload. Prefers a text that the function writes into its output, because
    /// the function then shows what it does with the text. Returns `None` for a payload that is JSON,
    /// but neither an object nor a list with a text.
    pub(super) fn find(payload: &Bytes, output: Option<&Bytes>) -> Option<Self> {
        let text = payload.clone();
        let Ok(json) = serde_json::from_slice::<Value>(payload) else {
            return Some(Self { json: None, pointer: None, text });
        };
        if !json.is_object() && !json.is_array() {
            return Some(Self { json: None, pointer: None, text });
        }
        let mut texts = Vec::new();
        collect_texts(&json, String::new(), &mut texts);
        let output = output.map(|it| String::from_utf8_lossy(it)).unwrap_or_default();
        // A name or a number in a text often has a format. A message with spaces has none.
        let rank = |text: &str| {
            let is_shown = text.len() > 1 && output.contains(text);
            (is_shown, text.contains(' '), text.starts_with(char::is_alphabetic), text.len())
        };
        let best = texts.into_iter().max_by_key(|(_, text)| rank(text));
        let pointer = best.map(|(pointer, _)| pointer);
        if pointer.is_none() && !json.is_object() {
            return None;
        }
        Some(Self { json: Some(json), pointer, text })
    }

    /// Returns the payload with more text at the place.
    pub(super) fn with(&self, more: &str) -> Bytes {
        let Some(mut json) = self.json.clone() else {
            let line = self.text.trim_ascii_end();
            return [line, b" ", more.as_bytes()].concat().into();
        };
        match &self.pointer {
            Some(pointer) => {
                if let Some(Value::String(text)) = json.pointer_mut(pointer) {
                    text.push_str(more);
                }
            }
            None => json[NOTE] = more.into(),
        }
        json.to_string().into()
    }

    /// Returns the payload with bytes at the place that need not be UTF-8.
    pub(super) fn with_bytes(&self, more: &[u8]) -> Bytes {
        const PLACEHOLDER: &str = "zqplaceholderqz";
        let text = self.with(PLACEHOLDER);
        replaced(&text, PLACEHOLDER, more)
    }
}

/// Returns a text with one part replaced by bytes.
fn replaced(text: &[u8], part: &str, by: &[u8]) -> Bytes {
    let text = str::from_utf8(text).unwrap_or_default();
    match text.split_once(part) {
        Some((before, after)) => [before.as_bytes(), by, after.as_bytes()].concat().into(),
        None => Bytes::copy_from_slice(text.as_bytes()),
    }
}

fn collect_texts<'a>(json: &'a Value, path: String, texts: &mut Vec<(String, &'a str)>) {
    match json {
        Value::String(text) => texts.push((path, text)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_texts(item, format!("{path}/{index}"), texts);
            }
        }
        Value::Object(members) => {
            for (key, value) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                collect_texts(value, format!("{path}/{key}"), texts);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Returns JSON with null in place of each text, number and boolean.
pub(super) fn with_nulls(json: &[u8]) -> Bytes {
    let json: Value = serde_json::from_slice(json).unwrap_or_default();
    mapped(json, &mut |_| Value::Null).to_string().into()
}

/// Returns JSON with integers beyond 64 bits and numbers beyond a double in place of its numbers.
pub(super) fn with_huge_numbers(json: &[u8]) -> Bytes {
    // `serde_json` cannot hold such numbers, so that texts stand for them at first.
    const PLACEHOLDERS: [(&str, &str); 2] =
        [("zqintegerqz", "123456789012345678901234567890"), ("zqdoubleqz", "1e400")];
    let mut json: Value = serde_json::from_slice(json).unwrap_or_default();
    if let Some(object) = json.as_object_mut() {
        object.entry("huge").or_insert_with(|| 1.into());
    }
    let mut count = 0;
    let json = mapped(json, &mut |value| {
        if !value.is_number() {
            return value;
        }
        count += 1;
        PLACEHOLDERS[count % 2].0.into()
    });
    let mut text = json.to_string();
    for (placeholder, number) in PLACEHOLDERS {
        text = text.replace(&format!("\"{placeholder}\""), number);
    }
    text.into()
}

/// Returns a JSON object with a further field, which is nested `levels` deep.
pub(super) fn with_nesting(json: &[u8], levels: usize) -> Bytes {
    let nested = [vec![b'['; levels], vec![b']'; levels]].concat();
    match json.trim_ascii_end().strip_suffix(b"}") {
        Some(open) if !open.trim_ascii_end().ends_with(b"{") => {
            [open, b",\"nested\":", &nested, b"}"].concat().into()
        }
        Some(_) | None => nested.into(),
    }
}

/// Applies a function to each text, number and boolean.
fn mapped(json: Value, change: &mut impl FnMut(Value) -> Value) -> Value {
    match json {
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| mapped(item, change)).collect())
        }
        Value::Object(members) => {
            let members = members.into_iter().map(|(key, value)| (key, mapped(value, change)));
            Value::Object(members.collect())
        }
        leaf => change(leaf),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(payload: &str, output: &str) -> String {
        let output = Bytes::copy_from_slice(output.as_bytes());
        let place = TextPlace::find(&Bytes::copy_from_slice(payload.as_bytes()), Some(&output));
        place.map_or("none".to_owned(), |it| String::from_utf8(it.with("+").to_vec()).unwrap())
    }

    #[test]
    fn text_goes_to_a_place_that_the_output_shows() {
        let payload = r#"{"a":"a long text","b":["seen"]}"#;
        assert_eq!(with(payload, "x seen y"), r#"{"a":"a long text","b":["seen+"]}"#);
        assert_eq!(with(payload, ""), r#"{"a":"a long text+","b":["seen"]}"#);
        assert_eq!(with(r#"{"a":1}"#, ""), r#"{"a":1,"note":"+"}"#);
        assert_eq!(with("GET / 200\n", ""), "GET / 200 +");
        assert_eq!(with("7", ""), "7 +");
        assert_eq!(with("[1]", ""), "none");
        assert_eq!(with(r#"{"a/~b":"text"}"#, ""), r#"{"a/~b":"text+"}"#);
    }

    #[test]
    fn bytes_that_are_not_utf_8_stand_inside_the_text() {
        let place = TextPlace::find(&Bytes::from_static(br#"{"a":"b"}"#), None).unwrap();
        assert_eq!(place.with_bytes(b"\xff\xfe"), &b"{\"a\":\"b\xff\xfe\"}"[..]);
    }

    #[test]
    fn json_changes() {
        let json = br#"{"a":1,"b":["t",true,2.5,null]}"#;
        assert_eq!(with_nulls(json), r#"{"a":null,"b":[null,null,null,null]}"#);
        let huge = r#"{"a":1e400,"b":["t",true,123456789012345678901234567890,null],"huge":1e400}"#;
        assert_eq!(with_huge_numbers(json), huge);
        assert_eq!(with_nesting(br#"{"a":1}"#, 2), r#"{"a":1,"nested":[[]]}"#);
        assert_eq!(with_nesting(b"{}", 2), "[[]]");
    }
}
