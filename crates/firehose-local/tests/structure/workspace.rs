use std::{fmt::Write as _, path::Path};

use crate::{finding::Finding, source_tree::SourceTree};

/// Fails with every finding of a rule in this workspace.
///
/// # Panics
///
/// Panics if the rule finds something.
pub(crate) fn assert_holds(rule: &str, findings: fn(&SourceTree) -> Vec<Finding>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let tree = SourceTree::read(&root);
    assert!(tree.crates.len() > 1, "the workspace has no crates below {}", root.display());
    let found = findings(&tree);
    let list = found.iter().fold(String::new(), |mut list, finding| {
        writeln!(list, "{finding}").unwrap();
        list
    });
    assert!(found.is_empty(), "{rule} {} findings:\n{list}", found.len());
}
