use std::ffi::OsStr;

/// Returns `true` for the name of a file that `object_store` was writing when the process ended,
/// such as `name#1`. Such a file may end within a record.
pub(crate) fn is_unfinished(name: &OsStr) -> bool {
    let number = name.as_encoded_bytes().splitn(2, |byte| *byte == b'#').nth(1);
    number.is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_ends_the_name_of_an_unfinished_file() {
        for (name, expected) in [
            ("object#1", true),
            ("object#20", true),
            ("#1", true),
            ("object", false),
            ("object#", false),
            ("object#1a", false),
            ("object#1#2", false),
            ("issue #12.txt", false),
        ] {
            assert_eq!(is_unfinished(OsStr::new(name)), expected, "{name}");
        }
    }
}
