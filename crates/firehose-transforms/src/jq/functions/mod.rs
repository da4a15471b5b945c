//! The functions of values, one file per kind of function.

#![allow(clippy::needless_pass_by_value, reason = "all functions have the same signature")]

pub(crate) mod arrays;
pub(crate) mod conversions;
pub(crate) mod entries;
pub(crate) mod formats;
pub(crate) mod json_text;
pub(crate) mod math;
pub(crate) mod regex;
pub(crate) mod strings;
pub(crate) mod times;
pub(crate) mod types;
