use std::borrow::Cow;

use json_scanner::{JsonScanner, JsonSyntaxError, push_on_one_line};

use super::{envelope::Envelope, message::decoded};

/// The form of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ItemForm {
    /// The log event as a JSON object.
    Event { json_messages: bool },
    /// The text of the message.
    Message,
}

/// The maximum number of levels of a field. The item around it is one level more: 128, the limit of
/// `serde_json`.
const MAX_LEVELS: usize = 127;

/// The assumed number of bytes of a log event, for the initial capacity of an item.
const EVENT_BYTES: usize = 256;

/// Returns the start of all items of an envelope: a JSON object with the shared members and without its
/// closing brace.
pub(super) fn item_start(envelope: &Envelope<'_>) -> Vec<u8> {
    let mut start = b"{".to_vec();
    let Envelope { log_group, log_stream, owner, .. } = envelope;
    let members =
        [("\"logGroup\"", log_group), ("\"logStream\"", log_stream), ("\"owner\"", owner)];
    for (key, value) in members {
        if let Some(value) = value {
            push_key(&mut start, key);
            push_on_one_line(&mut start, value.as_bytes());
        }
    }
    start
}

/// Reads a log event and returns it as an object that begins with `start`.
pub(super) fn event_item(
    scanner: &mut JsonScanner<'_>,
    start: &[u8],
    json_messages: bool,
) -> Result<Vec<u8>, JsonSyntaxError> {
    let mut item = Vec::with_capacity(start.len() + EVENT_BYTES);
    item.extend_from_slice(start);
    scanner.object()?;
    while let Some(key) = scanner.key()? {
        let value = scanner.value_within(MAX_LEVELS)?;
        push_key(&mut item, key);
        let is_json_message = json_messages && key == r#""message""#;
        match is_json_message.then(|| json_in(value)).flatten() {
            Some(json) => push_on_one_line(&mut item, json.as_bytes()),
            None => push_on_one_line(&mut item, value.as_bytes()),
        }
    }
    item.push(b'}');
    Ok(item)
}

/// Reads a log event and returns its message, or `None` if the message is missing or not a string.
pub(super) fn message_item<'a>(
    scanner: &mut JsonScanner<'a>,
) -> Result<Option<Cow<'a, str>>, JsonSyntaxError> {
    let mut message = None;
    scanner.object()?;
    while let Some(key) = scanner.key()? {
        let value = scanner.value()?;
        if key == r#""message""# {
            message = value.starts_with('"').then(|| decoded(value));
        }
    }
    Ok(message)
}

/// Returns the JSON object or array that a JSON string contains, or `None` for any other value.
fn json_in(string: &str) -> Option<Cow<'_, str>> {
    if !string.starts_with('"') {
        return None;
    }
    let text = decoded(string);
    let mut scanner = JsonScanner::new(&text);
    if !matches!(scanner.peek(), Some(b'{' | b'[')) {
        return None;
    }
    let is_json = scanner.only_value_within(MAX_LEVELS).is_ok();
    is_json.then_some(text)
}

fn push_key(item: &mut Vec<u8>, key: &str) {
    if item.len() > 1 {
        item.push(b',');
    }
    item.extend_from_slice(key.as_bytes());
    item.push(b':');
}
