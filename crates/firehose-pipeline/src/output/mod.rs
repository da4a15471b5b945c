//! The output formats, and the partition keys of outputs.

pub(crate) mod item_output;
mod item_text;
pub(crate) mod joined_items;
pub(crate) mod output_format;
pub(crate) mod partition_keys;
