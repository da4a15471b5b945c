//! Inside a crate, names come from their modules and not from the crate's root.

use crate::{
    finding::Finding,
    module_tree::ModuleTree,
    references::{Reference, ReferenceKind},
    source_tree::{CrateSource, SourceTree},
    workspace::assert_holds,
};

const RULE: &str = "No file imports a name through the root of its own crate.";

/// Returns the imports that take a re-export of `lib.rs`.
pub(crate) fn findings(tree: &SourceTree) -> Vec<Finding> {
    tree.crates.iter().flat_map(crate_findings).collect()
}

fn crate_findings(source: &CrateSource) -> Vec<Finding> {
    let modules = ModuleTree::of(source);
    let mut found = Vec::new();
    for (number, file) in source.files.iter().enumerate() {
        if modules.is_test_file(number) {
            continue;
        }
        for reference in &modules.references[number] {
            if let Some(name) = name_from_root(&modules, reference) {
                let remedy = match modules.root_export(&name) {
                    Some(path) => format!("write `{}`", path_below_root(&modules, path)),
                    None => "name the module that defines it".to_owned(),
                };
                let message = format!("`{name}` comes through the root of the crate; {remedy}");
                found.push(file.finding(reference.line, message));
            }
        }
    }
    found
}

/// Returns the name that a path takes from the root of the crate. Returns `None` for a module or a
/// macro, because these are allowed.
fn name_from_root(modules: &ModuleTree<'_>, reference: &Reference) -> Option<String> {
    if reference.module.is_empty() {
        return None;
    }
    let (module, rest) = modules.anchor(&reference.module, &reference.names)?;
    if !module.is_empty() {
        return None;
    }
    let Some(name) = rest.first() else {
        return (reference.kind == ReferenceKind::Glob).then(|| "*".to_owned());
    };
    let is_allowed = modules.is_module(std::slice::from_ref(name)) || modules.has_macro(name);
    (!is_allowed).then(|| name.clone())
}

/// Returns the path to write instead of a re-export of `lib.rs`: with `crate::` before a module of
/// the crate, and unchanged for a name of another crate.
fn path_below_root(modules: &ModuleTree<'_>, path: String) -> String {
    let first = path.split("::").next().unwrap().to_owned();
    if modules.is_module(&[first]) { format!("crate::{path}") } else { path }
}

const ROOT: &str = "mod b;\nmod c;\npub use b::{B, f};\npub use bytes::Bytes;";

#[test]
fn imports_through_the_root_are_found() {
    let text = "use crate::{B, c::C};\nuse super::Bytes;\nfn g() {\n crate::f()\n}\nuse crate::*;";
    let tree = SourceTree::from_files([
        ("crates/a/src/lib.rs", ROOT),
        ("crates/a/src/b.rs", "pub struct B;\npub fn f() {}"),
        ("crates/a/src/c.rs", text),
    ]);
    let found: Vec<_> = findings(&tree).iter().map(ToString::to_string).collect();
    let expected = [
        "1: `B` comes through the root of the crate; write `crate::b::B`",
        "2: `Bytes` comes through the root of the crate; write `bytes::Bytes`",
        "4: `f` comes through the root of the crate; write `crate::b::f`",
        "6: `*` comes through the root of the crate; name the module that defines it",
    ];
    assert_eq!(found, expected.map(|it| format!("crates/a/src/c.rs:{it}")));
}

#[test]
fn modules_macros_tests_and_binaries_are_clean() {
    let text = "use crate::b::{self, B};\nuse super::b::f;\nmacro_rules! m { () => {} }\n\
                fn g() { crate::m!() }\n#[cfg(test)]\nmod tests { use crate::B; use super::*; }";
    let tree = SourceTree::from_files([
        ("crates/a/src/lib.rs", ROOT),
        ("crates/a/src/b.rs", "pub struct B;\npub fn f() {}"),
        ("crates/a/src/c.rs", text),
        ("crates/a/src/main.rs", "use a::B;\nfn main() { crate::main() }"),
    ]);
    assert_eq!(findings(&tree), []);
}

#[test]
fn the_workspace_keeps_the_rule() {
    assert_holds(RULE, findings);
}
