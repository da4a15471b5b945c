//! Tests of the workspace's structure: which crate builds on which, and where code lives.

mod dependencies;
