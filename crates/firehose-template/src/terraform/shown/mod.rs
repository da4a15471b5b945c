//! The output of `terraform show -json` for a plan or a state:
//! <https://developer.hashicorp.com/terraform/internals/json-format>.

mod planned_values;
mod references;
mod resources;
mod show_output;

pub(crate) use resources::read_resources;
