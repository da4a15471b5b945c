//! The kinds of infrastructure code, and the recognition of the kind of a file or a folder.

mod cdk;
mod folder;
mod kind;
mod open;
mod text;

pub use kind::InfrastructureKind;
pub use open::InfrastructureCode;
