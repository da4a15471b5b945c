//! A type name has one meaning in a crate.

use std::collections::BTreeMap;

use proc_macro2::Ident;
use syn::{Item, Visibility};

use crate::{
    finding::Finding,
    module_tree::ModuleTree,
    source_tree::{CrateSource, SourceFile, SourceTree},
    syntax::{attributes, has_cfg, is_doc_only, is_test_only},
    workspace::assert_holds,
};

const RULE: &str = "A `pub` or `pub(crate)` type name is defined once per crate.";

/// Returns each further definition of a type name.
pub(crate) fn findings(tree: &SourceTree) -> Vec<Finding> {
    tree.crates.iter().flat_map(crate_findings).collect()
}

fn crate_findings(source: &CrateSource) -> Vec<Finding> {
    let modules = ModuleTree::of(source);
    let mut names = BTreeMap::<String, Vec<Definition<'_>>>::new();
    for (number, file) in source.files.iter().enumerate() {
        if !modules.is_test_file(number) {
            collect(file, &file.syntax.items, &mut names);
        }
    }
    let mut found = Vec::new();
    for (name, definitions) in &names {
        let (first, others) = definitions.split_first().unwrap();
        for other in others.iter().filter(|other| !other.is_variant_of(first)) {
            let message = format!(
                "`{name}` is also the name of the type at {}:{}; name one of the two after its own \
                 concept",
                first.file.path, first.line,
            );
            found.push(other.file.finding(other.line, message));
        }
    }
    found
}

struct Definition<'a> {
    file: &'a SourceFile,
    line: usize,
    has_cfg: bool,
}

impl Definition<'_> {
    /// Returns `true` if two definitions are the same type for different targets or features.
    fn is_variant_of(&self, other: &Self) -> bool {
        self.has_cfg && other.has_cfg && self.file.path == other.file.path
    }
}

fn collect<'a>(
    file: &'a SourceFile,
    items: &'a [Item],
    names: &mut BTreeMap<String, Vec<Definition<'a>>>,
) {
    for item in items {
        if is_test_only(attributes(item)) || is_doc_only(attributes(item)) {
            continue;
        }
        if let Item::Mod(module) = item {
            collect(file, module.content.as_ref().map_or(&[], |(_, items)| items), names);
        }
        if let Some((ident, _)) = type_of(item).filter(|(_, visibility)| is_shared(visibility)) {
            let line = ident.span().start().line;
            let definition = Definition { file, line, has_cfg: has_cfg(attributes(item)) };
            names.entry(ident.to_string()).or_default().push(definition);
        }
    }
}

fn type_of(item: &Item) -> Option<(&Ident, &Visibility)> {
    Some(match item {
        Item::Enum(item) => (&item.ident, &item.vis),
        Item::Struct(item) => (&item.ident, &item.vis),
        Item::Trait(item) => (&item.ident, &item.vis),
        Item::TraitAlias(item) => (&item.ident, &item.vis),
        Item::Type(item) => (&item.ident, &item.vis),
        Item::Union(item) => (&item.ident, &item.vis),
        _ => return None,
    })
}

/// Returns `true` if a visibility is `pub` or `pub(crate)`.
fn is_shared(visibility: &Visibility) -> bool {
    match visibility {
        Visibility::Public(_) => true,
        Visibility::Restricted(restricted) => restricted.path.is_ident("crate"),
        Visibility::Inherited => false,
    }
}

#[test]
fn a_second_definition_is_found() {
    let tree = SourceTree::from_files([
        ("crates/a/src/b.rs", "pub struct Report;\npub(crate) type Line = u8;"),
        ("crates/a/src/c.rs", "\npub(crate) enum Report {}"),
        ("crates/a/src/d.rs", "mod inner {\n pub trait Line {}\n}"),
    ]);
    let found: Vec<_> = findings(&tree).iter().map(ToString::to_string).collect();
    let remedy = "name one of the two after its own concept";
    assert_eq!(
        found,
        [
            format!(
                "crates/a/src/d.rs:2: `Line` is also the name of the type at \
                 crates/a/src/b.rs:2; {remedy}"
            ),
            format!(
                "crates/a/src/c.rs:2: `Report` is also the name of the type at \
                 crates/a/src/b.rs:1; {remedy}"
            ),
        ]
    );
}

#[test]
fn private_types_tests_other_crates_and_variants_are_clean() {
    let tree = SourceTree::from_files([
        ("crates/a/src/lib.rs", "mod b;\n#[cfg(test)]\nmod tests;"),
        ("crates/a/src/b.rs", "pub struct Report;\n#[cfg(test)]\nmod tests { pub struct Report; }"),
        ("crates/a/src/tests.rs", "pub struct Report;"),
        ("crates/a/src/c.rs", "struct Report;\nmod m { pub(super) struct Report; }"),
        ("crates/a/src/d.rs", "#[cfg(unix)] pub struct Pipe;\n#[cfg(windows)] pub struct Pipe;"),
        ("crates/b/src/lib.rs", "pub struct Report;"),
    ]);
    assert_eq!(findings(&tree), []);
}

#[test]
fn the_workspace_keeps_the_rule() {
    assert_holds(RULE, findings);
}
