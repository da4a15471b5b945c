use std::borrow::Cow;

/// Returns the decoded text of a JSON string.
///
/// Returns `None` if the value is not a string, or has half of a surrogate pair.
pub(crate) fn decoded_text(json: &str) -> Option<Cow<'_, str>> {
    let plain = json.strip_prefix('"')?.strip_suffix('"')?;
    if plain.contains('\\') {
        serde_json::from_str(json).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(plain))
    }
}
