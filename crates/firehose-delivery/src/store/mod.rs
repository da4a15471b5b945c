#![doc = include_str!("../docs/stores.md")]

mod check;
mod content;
mod error;
#[cfg(test)]
pub mod faulty;
mod key;
mod lines;
mod location;
mod open;
mod options;
mod put;
mod read;
mod s3;
#[cfg(test)]
mod tests;
mod tls;

pub use error::{StoreError, StoreErrorKind};
pub use lines::{StoredLine, StoredLines};
pub use location::StoreLocation;
pub use open::Store;
pub use options::StoreOptions;
pub use read::StoredObject;
pub use tls::install_provider;
