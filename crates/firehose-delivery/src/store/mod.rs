#![doc = include_str!("../docs/stores.md")]

mod blocking_pieces;
mod bounded_client;
mod check;
mod error;
mod error_cause;
mod error_kind;
#[cfg(test)]
pub mod faulty;
mod folder_list;
mod key;
mod location;
mod object_lines;
mod open;
mod options;
mod put;
mod read;
mod s3;
mod s3_answer;
mod stored_lines;
mod stored_object;
#[cfg(test)]
mod tests;
mod tls;
mod unfinished;

pub use error::StoreError;
pub use error_kind::StoreErrorKind;
pub use location::StoreLocation;
pub use open::Store;
pub use options::StoreOptions;
pub use stored_lines::{StoredLine, StoredLines};
pub use stored_object::StoredObject;
pub use tls::install_provider;
pub(crate) use unfinished::is_unfinished;
