//! The form of the outputs.

mod item_text;
pub(crate) mod joined_items;
pub(crate) mod partition_keys;
