#![doc = include_str!("docs.md")]

pub(crate) mod apply;
pub(crate) mod field_path;
mod identifier;
pub(crate) mod item_error;
pub(crate) mod json_string;
pub(crate) mod on_missing;
mod parse;
pub(crate) mod path_error;
pub(crate) mod path_tree;
pub(crate) mod rewrite;
pub(crate) mod rewriter;
pub(crate) mod splice;
mod survivors;
mod walk;

pub use field_path::{FieldPath, PathStep};
pub use item_error::ItemError;
pub use on_missing::OnMissing;
pub use path_error::PathError;
