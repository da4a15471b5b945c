//! The functions of Terraform:
//! <https://developer.hashicorp.com/terraform/language/functions>.

mod arguments;
mod call;
mod collections;
mod conversions;
mod encoding;
mod format;
mod maps;
mod numbers;
mod text;

pub(crate) use call::call;
pub(crate) use encoding::from_json;
