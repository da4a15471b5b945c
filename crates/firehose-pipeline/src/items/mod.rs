//! The items of a record, and the steps that run on them.

pub(crate) mod item;
pub(crate) mod item_kind;
pub(crate) mod item_steps;
pub(crate) mod kpl_records;
pub(crate) mod named_step;
pub(crate) mod step;
pub(crate) mod utf8;
pub(crate) mod whole_record;
