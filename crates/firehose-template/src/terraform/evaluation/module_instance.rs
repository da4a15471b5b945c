use std::rc::Rc;

use super::instance_key::InstanceKey;
use crate::terraform::configuration::{ModuleCall, ModuleFolder};

/// The root module, or a module with the arguments of one call.
#[derive(Debug)]
pub(super) struct ModuleInstance<'a> {
    /// The address, such as `module.delivery["eu"]`. Empty for the root module.
    pub address: String,
    pub folder: &'a ModuleFolder,
    pub caller: Option<Caller<'a>>,
}

/// The call of a module.
#[derive(Debug)]
pub(super) struct Caller<'a> {
    pub instance: Rc<ModuleInstance<'a>>,
    pub call: &'a ModuleCall,
    pub key: InstanceKey,
}

impl ModuleInstance<'_> {
    /// Returns the address of a part of the module, such as `module.delivery.var.name`.
    pub(super) fn address_of(&self, part: &str) -> String {
        match self.address.as_str() {
            "" => part.to_owned(),
            address => format!("{address}.{part}"),
        }
    }
}
