//! Texts of serde's data errors without the values that they quote.

/// Reduces an error text of serde to the parts that come from the Rust type.
///
/// A text in any form that serde does not use may quote payload, so a fixed text replaces it.
pub(crate) fn without_values(text: &str) -> String {
    from_the_type(text)
        .or_else(|| unknown_name(text))
        .or_else(|| wrong_kind(text))
        .unwrap_or_else(|| "the value does not fit its type".to_owned())
}

/// Returns the text if it names only a field or an enum of the type, or a length.
fn from_the_type(text: &str) -> Option<String> {
    let is_name = |name: &str| name.chars().all(|it| it.is_alphanumeric() || "_-.".contains(it));
    let quoted = |text: &str, what: &str| {
        let name = text.strip_prefix(what)?.strip_prefix('`')?.strip_suffix('`')?;
        is_name(name).then_some(())
    };
    let untagged = "data did not match any variant of untagged enum ";
    let length = |text: &str| {
        let (length, _) = text.strip_prefix("invalid length ")?.split_once(", expected ")?;
        length.bytes().all(|it| it.is_ascii_digit()).then_some(())
    };
    quoted(text, "missing field ")
        .or_else(|| quoted(text, "duplicate field "))
        .or_else(|| text.strip_prefix(untagged).filter(|name| is_name(name)).map(drop))
        .or_else(|| length(text))
        .map(|()| text.to_owned())
}

/// Returns ``unknown field `found`, expected …`` without the found name.
///
/// The found name comes from the payload and may itself contain `` `, expected ``. So the name ends
/// at the last occurrence of such a text.
fn unknown_name(text: &str) -> Option<String> {
    let what = ["unknown field", "unknown variant"].into_iter().find(|it| text.starts_with(it))?;
    let ends = ["`, expected ", "`, there are no "];
    let end = ends.into_iter().filter_map(|end| text.rfind(end)).max()?;
    Some(format!("{what}{}", &text[end + 1..]))
}

/// Returns `invalid type: string "found", expected …` with the kind of the found value, but without
/// the value.
fn wrong_kind(text: &str) -> Option<String> {
    const KINDS: [&str; 15] = [
        "boolean",
        "integer",
        "floating point",
        "character",
        "string",
        "byte array",
        "unit value",
        "Option value",
        "newtype struct",
        "sequence",
        "map",
        "enum",
        "unit variant",
        "tuple variant",
        "null",
    ];
    let what = ["invalid type", "invalid value"].into_iter().find(|it| text.starts_with(it))?;
    let (_, expected) = text.rsplit_once(", expected ")?;
    let found = text.strip_prefix(what)?.strip_prefix(": ")?;
    let is_kind =
        |kind: &&str| found.strip_prefix(kind).is_some_and(|rest| rest.starts_with([' ', ',']));
    Some(match KINDS.into_iter().find(is_kind) {
        Some(kind) => format!("{what}: {kind}, expected {expected}"),
        None => format!("{what}, expected {expected}"),
    })
}
