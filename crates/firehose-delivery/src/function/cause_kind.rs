/// The shortest word with a digit that is an id, whatever its letters are.
const MIN_ID_BYTES: usize = 12;

/// Returns the kind of a cause: its text with `#` for each number, id and quoted text.
///
/// Ids are UUIDs and other hexadecimal words with a digit, and words of at least
/// [`MIN_ID_BYTES`] with a digit. Text in backticks is kept, because it often names a field.
pub(super) fn kind_of(cause: &str) -> String {
    let mut kind = String::with_capacity(cause.len());
    let mut rest = cause;
    let mut last = None;
    while let Some(first) = rest.chars().next() {
        let quoted = quoted_len(rest, last);
        let length = match is_word(first) {
            true => rest.find(|it| !is_word(it)).unwrap_or(rest.len()),
            false => quoted.unwrap_or(first.len_utf8()),
        };
        let (part, after) = rest.split_at(length);
        match (is_word(first), quoted) {
            (true, _) => push_word(&mut kind, part),
            (false, Some(_)) => kind.extend([first, '#', first]),
            (false, None) => kind.push(first),
        }
        last = part.chars().next_back();
        rest = after;
    }
    kind
}

/// Appends a word. Replaces an id as a whole, and each number in other words.
fn push_word(kind: &mut String, word: &str) {
    let digits = word.strip_prefix("0x").unwrap_or(word);
    let is_hex = digits.bytes().all(|it| it.is_ascii_hexdigit() || it == b'-');
    let has_digit = word.bytes().any(|it| it.is_ascii_digit());
    if has_digit && (is_hex || word.len() >= MIN_ID_BYTES) {
        return kind.push('#');
    }
    let mut is_number = false;
    for character in word.chars() {
        let is_digit = character.is_ascii_digit();
        match (is_digit, is_number) {
            (true, true) => {}
            (true, false) => kind.push('#'),
            (false, _) => kind.push(character),
        }
        is_number = is_digit;
    }
}

/// Returns the length of the quoted text at the start of `text`, in bytes. `last` is the character
/// before it. A single quote beside a letter is an apostrophe. Without its end, which may be cut
/// off, text in double quotes goes to the end of the cause.
fn quoted_len(text: &str, last: Option<char>) -> Option<usize> {
    let quote = text.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    if quote == '\'' && last.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((index, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == quote {
            let next = characters.peek().map(|(_, next)| *next);
            if quote == '"' || next.is_none_or(|next| !next.is_alphanumeric()) {
                return Some(index + 1);
            }
        }
    }
    (quote == '"').then_some(text.len())
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn causes_that_differ_in_numbers_ids_and_quoted_text_are_of_one_kind() {
        for causes in [
            ["no unit at column 7", "no unit at column 12"],
            ["order 5f0c2b1e: no unit", "order face0ff7: no unit"],
            ["at 0x7ffd12ab", "at 0x1"],
            ["ulid 01ARZ3NDEKTSV4RRFFQ69G5FAV", "ulid 01BX5ZZKBKACTAV9WEVGEMMVRZ"],
            ["key \"a\" is missing", "key \"b \\\" c\" is missing"],
            ["invalid type: string \"ab", "invalid type: string \"cut off he"],
            ["time 2026-11-26 is late", "time 2025-01-02 is late"],
            ["unit 'm' of user 1", "unit 'it's' of user 22"],
        ] {
            assert_eq!(kind_of(causes[0]), kind_of(causes[1]), "{causes:?}");
        }
    }

    #[test]
    fn other_causes_are_of_different_kinds() {
        for causes in [
            ["`data` is missing", "`recordId` is missing"],
            ["invalid base64", "invalid utf-8"],
            ["expected u64", "expected i64"],
            ["can't add a unit", "can't remove a unit"],
            ["the users' unit", "the users' value"],
            ["decade", "facade"],
            ["a - b", "a"],
        ] {
            assert_ne!(kind_of(causes[0]), kind_of(causes[1]), "{causes:?}");
        }
    }

    #[test]
    fn the_kind_keeps_the_other_text() {
        assert_eq!(kind_of("straße 12: can't read \"x\""), "straße #: can't read \"#\"");
        assert_eq!(kind_of("line5, 3.14 and v2-beta"), "line#, #.# and v#-beta");
    }

    proptest! {
        #[test]
        fn uuids_are_ids(one: u128, other: u128) {
            let cause = |id| kind_of(&format!("order {}: no unit", Uuid::from_u128(id)));
            prop_assume!([one, other].iter().all(|id| {
                Uuid::from_u128(*id).to_string().contains(|it: char| it.is_ascii_digit())
            }));
            prop_assert_eq!(cause(one), cause(other));
        }

        #[test]
        fn any_text_has_a_kind(text in "[a-f0-9'\"\\\\ `ß_-]{0,40}") {
            kind_of(&text);
        }
    }
}
