use std::collections::{BTreeMap, BTreeSet, HashSet};

use syn::Item;

use crate::{
    references::{Reference, ReferenceKind, references},
    rules::facades::logic_of,
    source_tree::{CrateSource, SourceFile},
    syntax::{attributes, is_test_only},
};

/// The modules of a crate's library, and the file that defines each name.
pub(crate) struct ModuleTree<'a> {
    pub(crate) files: &'a [SourceFile],
    modules: BTreeMap<Vec<String>, Module>,
    /// The modules that exist only in tests.
    test_modules: BTreeSet<Vec<String>>,
    /// The paths that occur in each file. The index is the number of the file.
    pub(crate) references: Vec<Vec<Reference>>,
}

#[derive(Debug, Default)]
struct Module {
    /// The number of the file that holds the module.
    file: usize,
    items: BTreeSet<String>,
    children: BTreeSet<String>,
    uses: Vec<Reference>,
}

/// A module or an item that a path names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    Module(Vec<String>),
    /// The number of the file that defines the item.
    Item(usize),
}

impl<'a> ModuleTree<'a> {
    pub(crate) fn of(source: &'a CrateSource) -> Self {
        let mut tree = Self {
            files: &source.files,
            modules: BTreeMap::new(),
            test_modules: BTreeSet::new(),
            references: source.files.iter().map(references).collect(),
        };
        for (number, file) in source.files.iter().enumerate() {
            if let Some(module) = &file.module {
                tree.add_module(number, module, &file.syntax.items);
            }
        }
        for (number, file) in source.files.iter().enumerate() {
            let Some(path) = &file.module else { continue };
            if tree.is_test_file(number) {
                continue;
            }
            if let Some((name, parent)) = path.split_last() {
                let parent = tree.modules.entry(parent.to_vec()).or_default();
                parent.children.insert(name.clone());
            }
            for reference in &tree.references[number] {
                let module = tree.modules.get_mut(&reference.module);
                if let Some(module) = module.filter(|_| reference.kind != ReferenceKind::Inline) {
                    module.uses.push(reference.clone());
                }
            }
        }
        tree
    }

    fn add_module(&mut self, file: usize, path: &[String], items: &[Item]) {
        let module = self.modules.entry(path.to_vec()).or_default();
        module.file = file;
        for item in items.iter().filter(|item| !is_test_only(attributes(item))) {
            module.items.extend(defined_name(item));
        }
        for item in items {
            let Item::Mod(item) = item else { continue };
            let child: Vec<_> = path.iter().cloned().chain([item.ident.to_string()]).collect();
            if is_test_only(&item.attrs) {
                self.test_modules.insert(child);
            } else if let Some((_, items)) = &item.content {
                self.add_module(file, &child, items);
                let module = self.modules.get_mut(path).unwrap();
                module.children.insert(item.ident.to_string());
            }
        }
    }

    /// Returns `true` if a file belongs to a module that is declared under `#[cfg(test)]`.
    pub(crate) fn is_test_file(&self, file: usize) -> bool {
        self.files[file].module.as_ref().is_some_and(|path| {
            (1..=path.len()).any(|length| self.test_modules.contains(&path[..length]))
        })
    }

    /// Returns `true` if a file only declares modules and re-exports names.
    pub(crate) fn is_facade(&self, file: usize) -> bool {
        self.files[file].is_facade_name() && logic_of(&self.files[file]).is_empty()
    }

    pub(crate) fn is_module(&self, path: &[String]) -> bool {
        self.modules.contains_key(path)
    }

    /// Returns `true` if a crate defines a macro of this name by `macro_rules!`.
    pub(crate) fn has_macro(&self, name: &str) -> bool {
        self.files.iter().flat_map(|file| &file.syntax.items).any(|item| {
            matches!(item, Item::Macro(item) if item.ident.as_ref().is_some_and(|it| it == name))
        })
    }

    /// Returns the path by which the root re-exports a name.
    pub(crate) fn root_export(&self, name: &str) -> Option<String> {
        let root = self.modules.get(&Vec::new())?;
        let export = root
            .uses
            .iter()
            .find(|it| matches!(&it.kind, ReferenceKind::Use { alias, .. } if alias == name))?;
        Some(export.text())
    }

    /// Returns the files that define the targets of a reference. Leaves out the files of other
    /// crates.
    pub(crate) fn files_of(&self, reference: &Reference) -> BTreeSet<usize> {
        let mut targets = self.resolve(&reference.module, &reference.names, &mut HashSet::new());
        if reference.kind == ReferenceKind::Inline && reference.names.len() == 1 {
            // A single name that is also the name of a module is a local variable.
            targets.retain(|target| matches!(target, Target::Item(_)));
        }
        if targets.is_empty() {
            targets.extend(self.deepest_module(reference).map(Target::Module));
        }
        let mut files = BTreeSet::new();
        for target in targets {
            match target {
                Target::Item(file) => _ = files.insert(file),
                Target::Module(path) if reference.kind == ReferenceKind::Glob => {
                    files.extend(self.exported_files(&path));
                }
                Target::Module(path) => _ = files.insert(self.modules[&path].file),
            }
        }
        files
    }

    /// Returns the module's own file, and for a facade the files of all names that it re-exports.
    fn exported_files(&self, path: &[String]) -> BTreeSet<usize> {
        let module = &self.modules[path];
        if !self.is_facade(module.file) {
            return BTreeSet::from([module.file]);
        }
        let exports = module
            .uses
            .iter()
            .flat_map(|export| self.resolve(&export.module, &export.names, &mut HashSet::new()));
        let files = exports.map(|target| match target {
            Target::Item(file) => file,
            Target::Module(path) => self.modules[&path].file,
        });
        files.collect()
    }

    /// Returns the deepest known module on a path. The names after this module are unknown, for
    /// example because a macro defines them.
    fn deepest_module(&self, reference: &Reference) -> Option<Vec<String>> {
        let (mut module, rest) = self.anchor(&reference.module, &reference.names)?;
        for name in rest {
            if !self.modules.get(&module)?.children.contains(name) {
                break;
            }
            module.push(name.clone());
        }
        self.modules.contains_key(&module).then_some(module)
    }

    /// Replaces `crate`, `self` and `super` at the beginning of a path by the module they mean.
    pub(crate) fn anchor<'p>(
        &self,
        from: &[String],
        names: &'p [String],
    ) -> Option<(Vec<String>, &'p [String])> {
        let mut module = match names.first()?.as_str() {
            "crate" => Vec::new(),
            "self" => from.to_vec(),
            "super" => from[..from.len().checked_sub(1)?].to_vec(),
            _ => return None,
        };
        let mut rest = &names[1..];
        while rest.first().is_some_and(|name| name == "super") {
            module.pop()?;
            rest = &rest[1..];
        }
        Some((module, rest))
    }

    fn resolve(&self, from: &[String], names: &[String], seen: &mut Seen) -> Vec<Target> {
        match self.anchor(from, names) {
            Some((module, rest)) => self.find(&module, rest, seen),
            None => self.find(from, names, seen),
        }
    }

    fn find(&self, path: &[String], names: &[String], seen: &mut Seen) -> Vec<Target> {
        let Some(module) = self.modules.get(path) else { return Vec::new() };
        let Some((name, rest)) = names.split_first() else {
            return vec![Target::Module(path.to_vec())];
        };
        if !seen.insert((path.to_vec(), names.to_vec())) {
            return Vec::new();
        }
        let child: Vec<_> = path.iter().chain([name]).cloned().collect();
        let mut found = Vec::new();
        if module.children.contains(name) {
            found = self.find(&child, rest, seen);
            if !rest.is_empty() && !found.is_empty() {
                return found;
            }
        }
        if module.items.contains(name) {
            found.push(Target::Item(module.file));
            return found;
        }
        let named = module
            .uses
            .iter()
            .filter(|it| matches!(&it.kind, ReferenceKind::Use { alias, .. } if alias == name));
        for import in named {
            for target in self.resolve(path, &import.names, seen) {
                match target {
                    Target::Module(module) => found.extend(self.find(&module, rest, seen)),
                    Target::Item(_) => found.push(target),
                }
            }
        }
        if found.is_empty() {
            let globs = module.uses.iter().filter(|it| it.kind == ReferenceKind::Glob);
            for import in globs {
                for target in self.resolve(path, &import.names, seen) {
                    if let Target::Module(module) = target {
                        found.extend(self.find(&module, names, seen));
                    }
                }
            }
        }
        found
    }
}

/// The modules and names that a search has visited, so that a circular re-export ends the search.
type Seen = HashSet<(Vec<String>, Vec<String>)>;

fn defined_name(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}
