/// Whether a text can be the name of a bucket or a stream: it has 1 to so many of the characters
/// that their names have. As names become those of folders and files, it is no `.` or `..` either.
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
    fn what_leads_out_of_a_folder_is_no_name() {
        assert!(is_name("data-1.example_org", 64));
        for text in ["", ".", "..", "a/b", "../a", "a b", "ä", "toolong"] {
            assert!(!is_name(text, 6), "{text}");
        }
    }
}
