//! Values that are read when a filter needs them, with jq's comparison, arithmetic and text.

pub(crate) mod arithmetic;
pub(crate) mod change;
mod checked;
pub(crate) mod compare;
pub(crate) mod delete;
mod edited;
mod float_text;
pub(crate) mod index;
mod lazy;
pub(crate) mod members;
pub(crate) mod number;
pub(crate) mod print;
pub(crate) mod slice;
pub(crate) mod sort;
pub(crate) mod stop;
pub(crate) mod string_text;
pub(crate) mod text;
pub(crate) mod value;
mod written;
