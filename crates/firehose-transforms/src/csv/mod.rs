#![doc = include_str!("docs.md")]

pub(crate) mod error;
mod row_items;
mod row_reader;
mod rows;

pub use error::{CsvError, InvalidCsvOption};
pub use rows::CsvRows;
