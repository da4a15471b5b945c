//! Names that need no quotes in a path.

/// Returns `true` if a name needs no quotes in a path. The rule is jq's.
pub(crate) fn is_identifier(name: &str) -> bool {
    let is_start = name.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic());
    is_start && name.chars().all(is_name_character)
}

/// Returns `true` if a name may have this character after its first without quotes.
pub(crate) fn is_name_character(character: char) -> bool {
    character == '_' || character.is_ascii_alphanumeric()
}
