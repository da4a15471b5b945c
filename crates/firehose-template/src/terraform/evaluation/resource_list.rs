use std::rc::Rc;

use super::{
    evaluator::Evaluator, instances::Instances, module_instance::ModuleInstance,
    module_scope::ModuleScope,
};
use crate::{
    cloudformation::evaluator::Unresolved,
    terraform::{
        configuration::{ModuleFolder, ResourceBlock},
        terraform_resource::{Attributes, TerraformResource},
    },
};

/// The type of delivery streams.
const DELIVERY_STREAM: &str = "aws_kinesis_firehose_delivery_stream";

impl<'a> Evaluator<'a> {
    /// Returns the instances of all resources whose type `is_read` accepts, in the order of the
    /// files. A module follows the module that calls it.
    pub(crate) fn resources(&self, is_read: &dyn Fn(&str) -> bool) -> Vec<TerraformResource> {
        let mut resources = Vec::new();
        self.add_module(&self.root(), is_read, &mut resources);
        resources
    }

    /// Returns the calls of modules whose files are not here: the address and the source.
    pub(crate) fn skipped_modules(&self) -> Vec<(String, String)> {
        let mut skipped = Vec::new();
        let mut open = vec![(String::new(), &self.configuration.modules[0])];
        while let Some((address, folder)) = open.pop() {
            for call in &folder.calls {
                let separator = if address.is_empty() { "" } else { "." };
                let address = format!("{address}{separator}module.{}", call.name);
                match self.called_folder(call) {
                    Some(folder) => open.push((address, folder)),
                    None => skipped.push((address, call.source().unwrap_or_default().to_owned())),
                }
            }
        }
        skipped.sort();
        skipped
    }

    fn add_module(
        &self,
        instance: &Rc<ModuleInstance<'a>>,
        is_read: &dyn Fn(&str) -> bool,
        to: &mut Vec<TerraformResource>,
    ) {
        let scope = ModuleScope::new(self, instance);
        for block in instance.folder.resources.iter().filter(|block| is_read(&block.kind)) {
            let address = instance.address_of(&block.address());
            match self.instances(&block.body, &address, &scope) {
                Instances::Known(keys) => {
                    for key in keys {
                        let address = format!("{address}{}", key.suffix());
                        let scope = scope.with_key(&key);
                        let attributes = Attributes::Known(self.attributes(&scope, block));
                        to.push(resource(block, address, attributes));
                    }
                }
                Instances::Unknown(argument, unknown) => {
                    let path = format!("{address}.{argument}");
                    to.push(resource(block, address, Attributes::Unknown(path, unknown)));
                }
            }
        }
        for call in &instance.folder.calls {
            let Some(folder) = self.called_folder(call) else { continue };
            let address = instance.address_of(&format!("module.{}", call.name));
            match self.instances(&call.body, &address, &scope) {
                Instances::Known(keys) => {
                    for key in keys {
                        let called = self.called(instance, call, folder, &key);
                        if self.budget.spend(1).is_ok() {
                            self.add_module(&called, is_read, to);
                        }
                    }
                }
                Instances::Unknown(argument, unknown) => {
                    let path = format!("{address}.{argument}");
                    self.add_unknown_module(folder, &address, &path, &unknown, to);
                }
            }
        }
    }

    /// Adds the delivery streams of a module whose instances are unknown.
    fn add_unknown_module(
        &self,
        folder: &'a ModuleFolder,
        address: &str,
        path: &str,
        unknown: &Unresolved,
        to: &mut Vec<TerraformResource>,
    ) {
        for block in folder.resources.iter().filter(|it| it.kind == DELIVERY_STREAM) {
            let address = format!("{address}.{}", block.address());
            let attributes = Attributes::Unknown(path.to_owned(), unknown.clone());
            to.push(resource(block, address, attributes));
        }
        for call in &folder.calls {
            if let Some(folder) = self.called_folder(call) {
                let address = format!("{address}.module.{}", call.name);
                self.add_unknown_module(folder, &address, path, unknown, to);
            }
        }
    }
}

fn resource(block: &ResourceBlock, address: String, attributes: Attributes) -> TerraformResource {
    TerraformResource {
        address,
        is_data: block.is_data,
        kind: block.kind.clone(),
        name: block.name.clone(),
        attributes,
    }
}
