use std::{cell::RefCell, fmt::Write as _};

/// The maximum number of repeated keys that are listed. A template has few of them. The limit
/// bounds memory and time for other texts.
const MAX_LISTED: usize = 20;

/// A key that occurs more than once in a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RepeatedKey {
    /// The path of the key, such as `Resources.Stream.Properties`.
    pub path: String,
    /// The line of the second occurrence, counted from 1.
    pub line: Option<usize>,
}

/// The repeated keys of a text, and the path of the value that is being read.
#[derive(Debug, Default)]
pub(super) struct RepeatedKeys {
    path: RefCell<Vec<PathPart>>,
    found: RefCell<Vec<RepeatedKey>>,
}

#[derive(Clone, Debug)]
pub(super) enum PathPart {
    Key(String),
    Index(usize),
}

impl RepeatedKeys {
    /// Runs `read` for the value below `part`.
    pub(super) fn inside<T>(&self, part: PathPart, read: impl FnOnce() -> T) -> T {
        self.path.borrow_mut().push(part);
        let result = read();
        self.path.borrow_mut().pop();
        result
    }

    /// Adds a key of the mapping that is being read. Returns the number of listed keys.
    pub(super) fn add(&self, key: &str) -> usize {
        let mut found = self.found.borrow_mut();
        if found.len() < MAX_LISTED {
            let path = self.path_of(key);
            if found.iter().all(|it| it.path != path) {
                found.push(RepeatedKey { path, line: None });
            }
        }
        found.len()
    }

    pub(super) fn into_found(self) -> Vec<RepeatedKey> {
        self.found.into_inner()
    }

    /// Returns the path of a key in the mapping that is being read.
    pub(super) fn path_of(&self, key: &str) -> String {
        let mut path = String::new();
        for part in &*self.path.borrow() {
            let _ = match part {
                PathPart::Key(key) if path.is_empty() => write!(path, "{key}"),
                PathPart::Key(key) => write!(path, ".{key}"),
                PathPart::Index(index) => write!(path, "[{index}]"),
            };
        }
        let separator = if path.is_empty() { "" } else { "." };
        format!("{path}{separator}{key}")
    }
}
