//! Infrastructure code: its kinds, and how the kind of a file or a folder is recognized.

mod cdk;
mod folder;
mod kind;
mod open;
mod text;

pub use kind::InfrastructureKind;
pub use open::InfrastructureCode;
