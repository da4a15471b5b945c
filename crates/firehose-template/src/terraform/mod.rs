//! The reader of Terraform configurations, and of the output of `terraform show -json`. The page
//! `docs/terraform.md` says what is evaluated.

pub(crate) mod configuration;
pub(crate) mod evaluation;
pub(crate) mod language;
pub(crate) mod property_tree;
mod read;
pub(crate) mod shown;
mod terraform_resource;

pub(crate) use read::{read_folder, read_folder_function, read_shown, read_shown_function};
