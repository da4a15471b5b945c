//! Tests of the workspace's structure: which crate builds on which, and where code lives.
//!
//! Each file of `rules` states one rule, shows on small trees that it finds what breaks the rule, and
//! applies it to the workspace: `cargo test -p firehose-local --test structure`. A failing test
//! lists every finding with its place and the remedy.

mod dependencies;
mod finding;
mod module_tree;
mod references;
mod rules;
mod source_tree;
mod syntax;
mod workspace;
