//! The files of a Terraform configuration: `.tf` and `.tf.json` files, local modules, and files with
//! the values of variables.

mod json_syntax;
mod module_folder;
mod module_sources;
mod overrides;
mod root;
mod source_files;
mod tfvars;

pub(crate) use module_folder::{ModuleCall, ModuleFolder, ResourceBlock};
pub(crate) use root::Configuration;
