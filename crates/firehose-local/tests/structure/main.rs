//! Tests of the workspace's structure: which crate builds on which, and where code lives.
//!
//! Each file of `rules` states one rule, tests the rule on small source trees, and applies the rule
//! to the workspace: `cargo test -p firehose-local --test structure`. A failing test lists every
//! finding with its line and the remedy.

mod dependencies;
mod finding;
mod module_tree;
mod references;
mod rules;
mod source_tree;
mod syntax;
mod workspace;
