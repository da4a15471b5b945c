//! Records that hold several items: splitters, and a transform that runs another transform on each
//! item.

pub(crate) mod for_each;
pub(crate) mod invalid_item;
pub(crate) mod item_errors;
mod joined_outputs;
mod joint;
pub(crate) mod json_array;
mod json_items;
pub(crate) mod json_values;
pub(crate) mod lines;
mod splitter;

pub use splitter::{Items, Split};
