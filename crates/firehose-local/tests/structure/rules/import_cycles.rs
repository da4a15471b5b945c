//! Files do not import from each other in a circle.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::{
    finding::Finding,
    module_tree::ModuleTree,
    references::ReferenceKind,
    source_tree::{CrateSource, SourceTree},
    workspace::assert_holds,
};

const RULE: &str = "The imports between the files of a crate form no circle.";

/// Returns circles of imports that share no import, the shortest first.
pub(crate) fn findings(tree: &SourceTree) -> Vec<Finding> {
    tree.crates.iter().flat_map(crate_findings).collect()
}

fn crate_findings(source: &CrateSource) -> Vec<Finding> {
    let mut imports = Imports::of(&ModuleTree::of(source));
    let mut found = Vec::new();
    while let Some(circle) = imports.shortest_circle() {
        let steps = circle.iter().enumerate().map(|(step, (from, to))| {
            let (line, name) = &imports.edges[from][to];
            let importer = match step {
                0 => "this file".to_owned(),
                _ => format!("{}:{line}", source.files[*from].path),
            };
            format!("{importer} imports `{name}` from {}", source.files[*to].path)
        });
        let steps = steps.collect::<Vec<_>>().join(", ");
        let message = format!(
            "the imports form a circle: {steps}; move what both sides need to a file of its own"
        );
        let (first, second) = circle[0];
        found.push(source.files[first].finding(imports.edges[&first][&second].0, message));
        for (from, to) in circle {
            imports.edges.get_mut(&from).unwrap().remove(&to);
        }
    }
    found
}

/// The imports between files: for each file, the files it imports from, with the line and the path
/// of the first such import.
struct Imports {
    edges: BTreeMap<usize, BTreeMap<usize, (usize, String)>>,
}

impl Imports {
    fn of(modules: &ModuleTree<'_>) -> Self {
        let is_node = |file: usize| !modules.is_facade(file) && !modules.is_test_file(file);
        let nodes: BTreeSet<_> = (0..modules.files.len()).filter(|file| is_node(*file)).collect();
        let mut edges = BTreeMap::<_, BTreeMap<_, _>>::new();
        for from in nodes.iter().copied() {
            let is_facade_name = modules.files[from].is_facade_name();
            for reference in &modules.references[from] {
                // A facade with logic re-exports names that the logic does not need.
                let is_reexport =
                    matches!(reference.kind, ReferenceKind::Use { is_reexport: true, .. });
                if is_facade_name && is_reexport {
                    continue;
                }
                for to in modules.files_of(reference).intersection(&nodes) {
                    if from != *to {
                        let first = || (reference.line, reference.text());
                        edges.entry(from).or_default().entry(*to).or_insert_with(first);
                    }
                }
            }
        }
        Self { edges }
    }

    /// Returns the imports of a shortest circle, each as the importing and the imported file.
    fn shortest_circle(&self) -> Option<Vec<(usize, usize)>> {
        let circles = self.edges.keys().filter_map(|start| self.shortest_circle_of(*start));
        circles.min_by_key(Vec::len)
    }

    fn shortest_circle_of(&self, start: usize) -> Option<Vec<(usize, usize)>> {
        let mut reached_from = BTreeMap::new();
        let mut open = VecDeque::from([start]);
        while let Some(file) = open.pop_front() {
            for next in self.edges.get(&file).into_iter().flat_map(BTreeMap::keys).copied() {
                if next == start {
                    let mut circle = vec![(file, start)];
                    let mut file = file;
                    while file != start {
                        let before = reached_from[&file];
                        circle.push((before, file));
                        file = before;
                    }
                    circle.reverse();
                    return Some(circle);
                }
                reached_from.entry(next).or_insert_with(|| {
                    open.push_back(next);
                    file
                });
            }
        }
        None
    }
}

fn found(files: &[(&str, &str)]) -> Vec<String> {
    let paths = files.iter().map(|(path, text)| (format!("crates/a/src/{path}"), *text));
    let tree = SourceTree::from_files(paths);
    let circles = findings(&tree).into_iter().map(|it| it.to_string());
    circles.map(|it| it.replace("crates/a/src/", "")).collect()
}

#[test]
fn a_circle_of_two_files_is_found() {
    let circle = found(&[
        ("lib.rs", "mod b;\nmod c;"),
        ("b.rs", "use crate::c::C;\npub(crate) struct B;"),
        ("c.rs", "pub(crate) struct C;\nfn f(b: super::b::B) {}"),
    ]);
    assert_eq!(
        circle,
        ["b.rs:1: the imports form a circle: this file imports `crate::c::C` from c.rs, \
          c.rs:2 imports `super::b::B` from b.rs; move what both sides need to a file of its own"]
    );
}

#[test]
fn reexports_lead_to_the_file_that_defines_the_name() {
    let files = [
        ("lib.rs", "mod b;\nmod store;\npub use store::Key;"),
        ("b.rs", "use crate::store::{Key, self};\npub(crate) fn f() {}"),
        ("store/mod.rs", "mod key;\nmod open;\npub use key::Key;\npub use open::*;"),
        ("store/key.rs", "pub struct Key;"),
        ("store/open.rs", "use crate::b::f;\npub struct Store;"),
    ];
    assert_eq!(found(&files), <[String; 0]>::default());
    for import in
        ["use crate::Key;\nuse crate::store::Store;", "use crate::store;\nfn g(s: store::Store) {}"]
    {
        let mut files = files;
        let text = format!("{import}\npub(crate) fn f() {{}}");
        files[1].1 = &text;
        let found = found(&files);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("from store/open.rs"), "{found:?}");
    }
}

#[test]
fn a_long_circle_is_found() {
    let circle = found(&[
        ("b.rs", "use crate::c::C;\npub struct B;"),
        ("c.rs", "use crate::d::D;\npub struct C;"),
        ("d.rs", "pub struct D;\nfn f() { assert!(crate::b::B::is_empty()) }"),
    ]);
    assert_eq!(circle.len(), 1);
    let d = "d.rs:2 imports `crate::b::B::is_empty` from b.rs";
    assert!(circle[0].contains(d), "{circle:?}");
}

#[test]
fn a_parent_with_logic_and_its_child_form_a_circle() {
    let child = ("engine/child.rs", "use super::Parent;\npub struct Child;");
    let parent = "mod child;\npub use child::Child;\npub struct Parent";
    let with = |body: &str| found(&[("engine/mod.rs", &format!("{parent}{body}")), child]);
    assert_eq!(with(";"), <[String; 0]>::default());
    assert_eq!(with("(Child);").len(), 1);
    assert_eq!(with("(child::Child);").len(), 1);
}

#[test]
fn tests_and_local_variables_form_no_circle() {
    let circle = found(&[
        ("lib.rs", "mod b;\nmod c;"),
        (
            "b.rs",
            "mod inner;\npub struct B;\n#[cfg(test)]\nmod tests;\nfn f(inner: u8) { g(inner) }",
        ),
        ("b/inner.rs", "use super::B;\n#[cfg(test)]\nmod tests { use crate::c::C; }"),
        ("b/tests.rs", "use super::*;\nuse crate::c::C;"),
        ("c.rs", "use crate::b::B;\npub struct C;"),
    ]);
    assert_eq!(circle, <[String; 0]>::default());
}

#[test]
fn the_workspace_keeps_the_rule() {
    assert_holds(RULE, findings);
}
