//! A module is named after its concept.

use syn::{Item, ItemMod, visit::Visit};

use crate::{
    finding::Finding,
    source_tree::{SourceFile, SourceTree},
    workspace::assert_holds,
};

const RULE: &str = "No module is called util, utils, common, helpers or misc.";

/// The names that say nothing about what a module holds.
const EMPTY_NAMES: [&str; 5] = ["util", "utils", "common", "helpers", "misc"];

/// Returns the modules with a name that says nothing.
pub(crate) fn findings(tree: &SourceTree) -> Vec<Finding> {
    tree.crates.iter().flat_map(|source| &source.files).flat_map(file_findings).collect()
}

fn file_findings(file: &SourceFile) -> Vec<Finding> {
    let mut collector = Collector { file, found: Vec::new() };
    collector.visit_file(&file.syntax);
    collector.found
}

struct Collector<'a> {
    file: &'a SourceFile,
    found: Vec<Finding>,
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let name = item.ident.to_string();
        if EMPTY_NAMES.contains(&name.as_str()) {
            let line = item.ident.span().start().line;
            let message = format!("the module is called `{name}`; name it after its concept");
            self.found.push(self.file.finding(line, message));
        }
        for item in item.content.iter().flat_map(|(_, items)| items) {
            self.visit_item(item);
        }
    }

    fn visit_item(&mut self, item: &'ast Item) {
        if let Item::Mod(item) = item {
            self.visit_item_mod(item);
        }
    }
}

#[test]
fn empty_names_are_found() {
    let text = "mod store;\npub mod utils;\nmod a {\n mod common {}\n}";
    let tree = SourceTree::from_files([("crates/a/src/lib.rs", text)]);
    let found: Vec<_> = findings(&tree).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "crates/a/src/lib.rs:2: the module is called `utils`; name it after its concept",
            "crates/a/src/lib.rs:4: the module is called `common`; name it after its concept",
        ]
    );
}

#[test]
fn the_workspace_keeps_the_rule() {
    assert_holds(RULE, findings);
}
