//! The paths in a file: in `use` items, in code, in macros and in attributes.

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, ImplItem, Item, ItemMod, ItemUse, Lit, Macro, Meta, Path, TraitItem, UseTree,
    Visibility,
    visit::{self, Visit},
};

use crate::{
    source_tree::SourceFile,
    syntax::{attributes, is_doc_only, is_test_only},
};

/// A path in the source.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// The module that contains the path.
    pub(crate) module: Vec<String>,
    /// The names of the path. A glob import has the names before its `*`.
    pub(crate) names: Vec<String>,
    pub(crate) line: usize,
    pub(crate) kind: ReferenceKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReferenceKind {
    /// A `use` item, the name that it gives the imported item, and its visibility.
    Use { alias: String, is_reexport: bool },
    /// A `use` item that ends with `*`.
    Glob,
    /// A path in code.
    Inline,
}

impl Reference {
    pub(crate) fn text(&self) -> String {
        self.names.join("::")
    }
}

/// Collects the paths of a file. Items that exist only in tests or documentation are left out.
pub(crate) fn references(file: &SourceFile) -> Vec<Reference> {
    let Some(module) = file.module.clone() else { return Vec::new() };
    let mut collector = Collector { module, found: Vec::new() };
    collector.visit_file(&file.syntax);
    collector.found
}

struct Collector {
    module: Vec<String>,
    found: Vec<Reference>,
}

impl Collector {
    fn add(&mut self, names: Vec<String>, line: usize, kind: ReferenceKind) {
        self.found.push(Reference { module: self.module.clone(), names, line, kind });
    }

    fn add_use_tree(&mut self, tree: &UseTree, before: &[String], is_reexport: bool) {
        let joined = |name: &proc_macro2::Ident| {
            let mut names = before.to_vec();
            if name != "self" || before.is_empty() {
                names.push(name.to_string());
            }
            names
        };
        match tree {
            UseTree::Path(path) => {
                self.add_use_tree(&path.tree, &joined(&path.ident), is_reexport);
            }
            UseTree::Name(name) => {
                let names = joined(&name.ident);
                let alias = names.last().unwrap().clone();
                let line = name.ident.span().start().line;
                self.add(names, line, ReferenceKind::Use { alias, is_reexport });
            }
            UseTree::Rename(rename) => {
                let alias = rename.rename.to_string();
                let line = rename.ident.span().start().line;
                self.add(joined(&rename.ident), line, ReferenceKind::Use { alias, is_reexport });
            }
            UseTree::Glob(glob) => {
                let line = glob.star_token.spans[0].start().line;
                self.add(before.to_vec(), line, ReferenceKind::Glob);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_use_tree(tree, before, is_reexport);
                }
            }
        }
    }

    /// Collects the paths of two or more names in the tokens of a macro or an attribute.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let is_sign = |index: usize, sign: char| matches!(tokens.get(index), Some(TokenTree::Punct(it)) if it.as_char() == sign);
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            let start = index;
            index += 1;
            let first = match token {
                TokenTree::Group(group) => {
                    self.add_tokens(group.stream());
                    continue;
                }
                TokenTree::Ident(first) => first,
                TokenTree::Punct(_) | TokenTree::Literal(_) => continue,
            };
            let mut names = vec![first.to_string()];
            while is_sign(index, ':') && is_sign(index + 1, ':') {
                let Some(TokenTree::Ident(name)) = tokens.get(index + 2) else { break };
                names.push(name.to_string());
                index += 3;
            }
            // The rest of a longer path, as after `<T>::` or a leading `::`.
            let is_rest = start >= 2 && is_sign(start - 1, ':') && is_sign(start - 2, ':');
            if !is_rest && names.len() > 1 {
                self.add(names, first.span().start().line, ReferenceKind::Inline);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test_only(attributes(item)) && !is_doc_only(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let is_left_out = match item {
            ImplItem::Fn(item) => is_test_only(&item.attrs),
            ImplItem::Const(item) => is_test_only(&item.attrs),
            _ => false,
        };
        if !is_left_out {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        if !matches!(item, TraitItem::Fn(item) if is_test_only(&item.attrs)) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_none() {
            let is_reexport = !matches!(item.vis, Visibility::Inherited);
            self.add_use_tree(&item.tree, &[], is_reexport);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        if path.leading_colon.is_none() {
            let names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            let line = path.segments[0].ident.span().start().line;
            self.add(names, line, ReferenceKind::Inline);
        }
        visit::visit_path(self, path);
    }

    /// Skips the path of a visibility, as in `pub(super)`, because the path imports nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_macro(&mut self, item: &'ast Macro) {
        self.add_tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    /// Collects the paths of an attribute, also those in strings, as in `with = "crate::base64"`.
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let Meta::List(list) = &attribute.meta else { return };
        if attribute.path().is_ident("cfg") {
            return;
        }
        self.add_tokens(list.tokens.clone());
        let literals = list.tokens.clone().into_iter().filter_map(|token| match token {
            TokenTree::Literal(literal) => Some((literal.span().start().line, Lit::new(literal))),
            _ => None,
        });
        for (line, literal) in literals {
            let Lit::Str(text) = literal else { continue };
            let Ok(path) = text.parse::<Path>() else { continue };
            let names: Vec<_> = path.segments.iter().map(|it| it.ident.to_string()).collect();
            if names.len() > 1 {
                self.add(names, line, ReferenceKind::Inline);
            }
        }
    }
}

mod tests {
    use super::*;
    use crate::source_tree::SourceTree;

    fn found(text: &str) -> Vec<String> {
        let tree = SourceTree::from_files([("crates/a/src/b.rs", text)]);
        let file = &tree.crates[0].files[0];
        references(file).iter().map(|it| format!("{}:{}", it.line, it.text())).collect()
    }

    #[test]
    fn use_trees_are_taken_apart() {
        let text = "use a::{self, b::C,\n d as e, f::*};";
        assert_eq!(found(text), ["1:a", "1:a::b::C", "2:a::d", "2:a::f"]);
    }

    #[test]
    fn paths_in_code_macros_and_attributes_are_found() {
        assert_eq!(found("pub(super) fn f(a: crate::x::Y) {}"), ["1:crate::x::Y"]);
        let in_macro = "fn f() { m!(a.b, { super::x::y(1) }, z: crate::k::L, a::b::<T>()) }";
        assert_eq!(found(in_macro), ["1:super::x::y", "1:crate::k::L", "1:a::b", "1:m"]);
        let in_attribute = "#[serde(with = \"crate::base64\", default = super::x::new)] struct A;";
        assert_eq!(found(in_attribute), ["1:super::x::new", "1:crate::base64"]);
    }

    #[test]
    fn items_of_tests_are_left_out() {
        assert!(found("#[cfg(test)] mod tests { use super::A; }").is_empty());
        assert!(found("impl A { #[cfg(test)] fn f() { crate::x::y() } }").len() == 1);
    }
}
