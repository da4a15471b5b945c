use std::ops::Range;

/// Finds email addresses.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>)) {
    for at in memchr::memchr_iter(b'@', text.as_bytes()) {
        let start = local_part_start(text, at);
        if let (true, Some(end)) = (start < at, domain_end(text, at + 1)) {
            found(start..end);
        }
    }
}

/// Returns the start of the local part that ends at an offset.
fn local_part_start(text: &str, end: usize) -> usize {
    let mut start = end;
    let mut characters = text[..end].char_indices().rev().peekable();
    while let Some((at, character)) = characters.next() {
        let mut is_after_letter =
            || characters.peek().is_some_and(|(_, before)| before.is_alphanumeric());
        let is_part = match character {
            '.' | '_' | '%' | '+' | '-' => true,
            // An apostrophe inside a name, but not a quotation mark around the address.
            '\'' => start < end && is_after_letter(),
            _ => character.is_alphanumeric(),
        };
        if !is_part {
            break;
        }
        start = at;
    }
    start
}

/// Returns the end of the domain that begins at an offset: labels with points between them.
fn domain_end(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    let is_part = |character: char| matches!(character, '.' | '-') || character.is_alphanumeric();
    let length = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
    let mut end = 0;
    let mut valid_end = None;
    for (index, label) in rest[..length].split('.').enumerate() {
        let name = label.trim_end_matches('-');
        if name.is_empty() || name.starts_with('-') {
            break;
        }
        let is_top = name.starts_with(char::is_alphabetic) && name.chars().nth(1).is_some();
        if index > 0 && is_top {
            valid_end = Some(start + end + 1 + name.len());
        }
        if name.len() < label.len() {
            break;
        }
        end += label.len() + usize::from(index > 0);
    }
    valid_end
}
