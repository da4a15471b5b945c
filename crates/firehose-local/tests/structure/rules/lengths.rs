//! Files are short.

use crate::{
    finding::Finding,
    source_tree::{SourceFile, SourceTree},
    workspace::assert_holds,
};

const RULE: &str = "No file has over 400 lines, and the median file has under 130.";

/// The most lines that a file may have.
const MAX_LINES: usize = 400;

/// The median of all files of the workspace stays below this number of lines.
const MEDIAN_LIMIT: usize = 130;

/// Returns the files that are too long, and the medians if files are too long in general.
pub(crate) fn findings(tree: &SourceTree) -> Vec<Finding> {
    let files = || tree.crates.iter().flat_map(|source| &source.files);
    let too_long = files().filter(|file| file.lines() > MAX_LINES).map(|file| {
        let lines = file.lines();
        let message = format!("the file has {lines} lines, and {MAX_LINES} are allowed; split it");
        file.finding(MAX_LINES + 1, message)
    });
    let mut found: Vec<_> = too_long.collect();
    let median = median(files());
    if median >= MEDIAN_LIMIT {
        let medians = tree
            .crates
            .iter()
            .map(|source| format!("{} in {}", self::median(source.files.iter()), source.name));
        let message = format!(
            "the median file has {median} lines, and fewer than {MEDIAN_LIMIT} are allowed \
             ({}); split files of several concepts",
            medians.collect::<Vec<_>>().join(", "),
        );
        found.push(Finding { file: "crates".to_owned(), line: 1, message });
    }
    found
}

/// Returns the middle length, or the longer of the two middle lengths if the number of files is
/// even.
fn median<'a>(files: impl Iterator<Item = &'a SourceFile>) -> usize {
    let mut lengths: Vec<_> = files.map(SourceFile::lines).collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() / 2).copied().unwrap_or_default()
}

#[test]
fn long_files_and_a_high_median_are_found() {
    let tree = SourceTree::from_files([
        ("crates/a/src/lib.rs", "\n".repeat(401)),
        ("crates/a/src/b.rs", "\n".repeat(130)),
        ("crates/c/src/lib.rs", "\n".to_owned()),
    ]);
    let found: Vec<_> = findings(&tree).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "crates/a/src/lib.rs:401: the file has 401 lines, and 400 are allowed; split it",
            "crates:1: the median file has 130 lines, and fewer than 130 are allowed (401 in a, \
             1 in c); split files of several concepts",
        ]
    );
}

#[test]
fn files_within_the_limits_are_clean() {
    let tree = SourceTree::from_files([
        ("crates/a/src/lib.rs", "\n".repeat(400)),
        ("crates/a/src/b.rs", "\n".repeat(129)),
        ("crates/c/src/lib.rs", "\n".to_owned()),
    ]);
    assert_eq!(findings(&tree), []);
}

#[test]
fn the_workspace_keeps_the_rule() {
    assert_holds(RULE, findings);
}
