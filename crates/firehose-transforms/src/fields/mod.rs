#![doc = include_str!("docs.md")]

pub(crate) mod add;
mod addition;
pub(crate) mod cast;
mod cast_to;
mod flat_writer;
pub(crate) mod flatten;
mod number_text;
pub(crate) mod on_conflict;
pub(crate) mod pick;
pub(crate) mod remove;
pub(crate) mod rename;
mod rename_plan;
mod rfc3339;
pub(crate) mod snake_case;
mod time_format;

pub use add::Add;
pub use addition::{Addition, RecordField};
pub use cast::Cast;
pub use cast_to::{CastTo, OnMismatch};
pub use flatten::Flatten;
pub use on_conflict::OnConflict;
pub use pick::Pick;
pub use remove::Remove;
pub use rename::Rename;
pub use snake_case::SnakeCase;
pub use time_format::TimeFormat;
