//! `lib.rs` and `mod.rs` declare modules and re-export names, and hold no logic.

use proc_macro2::Span;
use syn::Item;

use crate::{
    finding::Finding,
    source_tree::{SourceFile, SourceTree},
    syntax::{attributes, is_doc_only},
    workspace::assert_holds,
};

const RULE: &str = "lib.rs and mod.rs hold docs, `mod` and `use` items only.";

/// Returns the items of `lib.rs` and `mod.rs` that belong in another file.
pub(crate) fn findings(tree: &SourceTree) -> Vec<Finding> {
    let files = tree.crates.iter().flat_map(|source| &source.files);
    files.filter(|file| file.is_facade_name()).flat_map(facade_findings).collect()
}

fn facade_findings(file: &SourceFile) -> Vec<Finding> {
    let items = logic_of(file).into_iter();
    let finding = |(line, kind)| {
        let message = format!("this file holds {kind}; move it to a file named after it");
        file.finding(line, message)
    };
    items.map(finding).collect()
}

/// Returns the line and the kind of each item that neither declares a module nor re-exports a name.
pub(crate) fn logic_of(file: &SourceFile) -> Vec<(usize, &'static str)> {
    let items = file.syntax.items.iter().filter(|item| !is_doc_only(attributes(item)));
    let logic = items.filter_map(logic);
    logic.map(|(span, kind)| (span.start().line, kind)).collect()
}

fn logic(item: &Item) -> Option<(Span, &'static str)> {
    Some(match item {
        Item::Use(_) | Item::ExternCrate(_) => return None,
        Item::Mod(item) if item.content.is_none() => return None,
        Item::Mod(item) => (item.ident.span(), "a module with content"),
        Item::Fn(item) => (item.sig.ident.span(), "a function"),
        Item::Impl(item) => (item.impl_token.span, "an impl block"),
        Item::Const(item) => (item.ident.span(), "a constant"),
        Item::Static(item) => (item.ident.span(), "a static"),
        Item::Struct(item) => (item.ident.span(), "a struct"),
        Item::Enum(item) => (item.ident.span(), "an enum"),
        Item::Union(item) => (item.ident.span(), "a union"),
        Item::Trait(item) => (item.ident.span(), "a trait"),
        Item::TraitAlias(item) => (item.ident.span(), "a trait alias"),
        Item::Type(item) => (item.ident.span(), "a type alias"),
        Item::Macro(item) => (item.mac.path.segments[0].ident.span(), "a macro"),
        _ => (Span::call_site(), "an unknown item"),
    })
}

#[test]
fn logic_in_facades_is_found() {
    let text = "//! Docs.\n#![allow(dead_code)]\nmod a;\nstruct A;\nimpl A {}\nfn f() {}\nconst B: u8 = 1;\n\
                #[cfg(test)]\nmod tests {}";
    let tree = SourceTree::from_files([("crates/a/src/b/mod.rs", text)]);
    let found: Vec<_> = findings(&tree).iter().map(ToString::to_string).collect();
    let remedy = "move it to a file named after it";
    let expected = [(4, "a struct"), (5, "an impl block"), (6, "a function"), (7, "a constant")]
        .into_iter()
        .chain([(9, "a module with content")])
        .map(|(line, kind)| {
            format!("crates/a/src/b/mod.rs:{line}: this file holds {kind}; {remedy}")
        });
    assert_eq!(found, expected.collect::<Vec<_>>());
}

#[test]
fn declarations_reexports_and_docs_are_clean() {
    let text = "//! Docs.\nmod a;\n#[cfg(test)]\nmod tests;\npub use a::B;\nuse c as _;\n\
                #[cfg(doc)]\npub mod guide {}\n#[cfg(doctest)]\nstruct Readme;";
    let tree = SourceTree::from_files([
        ("crates/a/src/lib.rs", text),
        ("crates/a/src/b.rs", "fn f() {}"),
        ("crates/a/src/main.rs", "fn main() {}"),
    ]);
    assert_eq!(findings(&tree), []);
}

#[test]
fn the_workspace_keeps_the_rule() {
    assert_holds(RULE, findings);
}
