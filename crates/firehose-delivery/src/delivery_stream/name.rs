/// Returns `true` if a text can be the name of a bucket or a stream: 1 to `longest` characters, all
/// of them letters, digits, `-`, `_` or `.`.
///
/// Names become names of folders and files, so a name of dots alone is rejected.
pub fn is_name(text: &str, longest: usize) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=longest).contains(&text.len())
        && text.bytes().all(allowed)
        && !text.bytes().all(|byte| byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_leads_out_of_a_folder_is_not_a_name() {
        assert!(is_name("data-1.example_org", 64));
        for text in ["", ".", "..", "a/b", "../a", "a b", "ä", "toolong"] {
            assert!(!is_name(text, 6), "{text}");
        }
    }
}
