use std::borrow::Cow;

use object_store::path::{Path, PathPart};

/// Returns the path of a key below a prefix, or `None` for a key that has no name between its
/// slashes.
///
/// A key that a folder can have is unchanged, such as `a%20b` and `ü`. Empty names between slashes
/// are left out. `.` and `..` become `%2E` and `%2E%2E`, and control characters become `%00` to
/// `%1F` and `%7F`. Partition keys come from a function: they must not lead out of the folder, and
/// must not make keys that no tool can write.
pub(super) fn path_of(prefix: &Path, key: &str) -> Option<Path> {
    let names: Vec<Cow<'_, str>> =
        key.split('/').filter(|name| !name.is_empty()).map(escape_name).collect();
    if names.is_empty() {
        return None;
    }
    // `escape_name` returns only valid parts.
    let parts = names.iter().filter_map(|name| PathPart::parse(name).ok());
    Some(prefix.parts().chain(parts).collect())
}

/// Returns the path of a location's prefix, by the same rules. An empty prefix is the root.
pub(super) fn prefix_path(prefix: &str) -> Path {
    path_of(&Path::ROOT, prefix).unwrap_or_default()
}

/// Returns one name of a key in the form that a store accepts.
fn escape_name(name: &str) -> Cow<'_, str> {
    match name {
        "." => "%2E".into(),
        ".." => "%2E%2E".into(),
        name if name.contains(|it: char| it.is_ascii_control()) => {
            let mut text = String::with_capacity(name.len() + 8);
            for character in name.chars() {
                if character.is_ascii_control() {
                    text.push_str(&format!("%{:02X}", u32::from(character)));
                } else {
                    text.push(character);
                }
            }
            text.into()
        }
        name => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(key: &str) -> Option<String> {
        path_of(&Path::ROOT, key).map(Into::into)
    }

    #[test]
    fn most_keys_are_unchanged() {
        for key in
            ["a/b", "2026/01/02/03/s-1-2026-01-02-03-04-05-0", "day=1/ü €", "a%20b", "a\\b~{}#"]
        {
            assert_eq!(path(key).as_deref(), Some(key));
        }
    }

    #[test]
    fn no_key_leads_out_of_a_store() {
        assert_eq!(path("../../etc/passwd").unwrap(), "%2E%2E/%2E%2E/etc/passwd");
        assert_eq!(path("a/./b").unwrap(), "a/%2E/b");
        assert_eq!(path("/etc//passwd/").unwrap(), "etc/passwd");
        assert_eq!(path("a\0b/\n/\x7f").unwrap(), "a%00b/%0A/%7F");
        assert_eq!(path("..."), Some("...".to_owned()));
        assert_eq!(path(""), None);
        assert_eq!(path("//"), None);
    }

    #[test]
    fn a_prefix_comes_before_every_key() {
        assert_eq!(path_of(&prefix_path("/a//b"), "c").unwrap().as_ref(), "a/b/c");
        assert!(prefix_path("").is_root());
    }

    proptest! {
        #[test]
        fn a_path_has_as_many_names_as_its_key(key in any::<String>()) {
            let names = key.split('/').filter(|name| !name.is_empty()).count();
            let path = path_of(&Path::ROOT, &key);
            prop_assert_eq!(path.as_ref().map_or(0, Path::parts_count), names);
            if let Some(path) = path {
                prop_assert_eq!(Path::parse(path.as_ref()).unwrap(), path);
            }
        }
    }
}
