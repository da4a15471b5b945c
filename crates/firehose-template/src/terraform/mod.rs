#![doc = include_str!("../docs/terraform.md")]

pub(crate) mod configuration;
pub(crate) mod evaluation;
pub(crate) mod language;
pub(crate) mod property_tree;
mod read;
pub(crate) mod shown;
mod terraform_resource;

pub(crate) use read::{read_folder, read_folder_function, read_shown, read_shown_function};
