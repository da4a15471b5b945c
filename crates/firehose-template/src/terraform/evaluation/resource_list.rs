use std::rc::Rc;

use super::{
    absent_resource::AbsentResource, evaluator::Evaluator, instances::Instances,
    module_instance::ModuleInstance, module_scope::ModuleScope,
};
use crate::{
    cloudformation::evaluator::Unresolved,
    deployment::UndeployedStream,
    terraform::{
        configuration::{ModuleFolder, ResourceBlock},
        terraform_resource::{Attributes, TerraformResource},
    },
};

/// The type of delivery streams.
const DELIVERY_STREAM: &str = "aws_kinesis_firehose_delivery_stream";

/// The resources of a configuration.
#[derive(Debug, Default)]
pub(crate) struct ResourceList {
    /// The instances of the resources, in the order of the files.
    pub resources: Vec<TerraformResource>,
    /// The delivery streams and functions without instances.
    pub absent: Vec<AbsentResource>,
}

impl<'a> Evaluator<'a> {
    /// Returns the instances of all resources whose type `is_read` accepts, in the order of the
    /// files. A module follows the module that calls it.
    pub(crate) fn resources(&self, is_read: &dyn Fn(&str) -> bool) -> ResourceList {
        let mut list = ResourceList::default();
        self.add_module(&self.root(), is_read, &mut list);
        list
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
        to: &mut ResourceList,
    ) {
        let scope = ModuleScope::new(self, instance);
        for block in instance.folder.resources.iter().filter(|block| is_read(&block.kind)) {
            let address = instance.address_of(&block.address());
            match self.instances(&block.body, &address, &scope) {
                Instances::Known(keys) if keys.is_empty() => {
                    let subject = |argument: &str| format!("its {argument}");
                    let undeployed = || self.undeployed(instance, &block.body, &address, &subject);
                    add_absent(block, &address, undeployed, to);
                }
                Instances::Known(keys) => {
                    for key in keys {
                        let address = format!("{address}{}", key.suffix());
                        let scope = scope.with_key(&key);
                        let attributes = Attributes::Known(self.attributes(&scope, block));
                        to.resources.push(resource(block, address, attributes));
                    }
                }
                Instances::Unknown(argument, unknown) => {
                    let path = format!("{address}.{argument}");
                    let attributes = Attributes::Unknown(path, unknown);
                    to.resources.push(resource(block, address, attributes));
                }
            }
        }
        for call in &instance.folder.calls {
            let Some(folder) = self.called_folder(call) else { continue };
            let address = instance.address_of(&format!("module.{}", call.name));
            match self.instances(&call.body, &address, &scope) {
                Instances::Known(keys) if keys.is_empty() => {
                    let subject = |argument: &str| format!("the {argument} of {address}");
                    let undeployed = self.undeployed(instance, &call.body, &address, &subject);
                    self.each_block(folder, &address, &mut |block, address| {
                        add_absent(block, &address, || undeployed.clone(), to);
                    });
                }
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
                    self.each_block(folder, &address, &mut |block, address| {
                        add_unknown(block, address, &path, &unknown, to);
                    });
                }
            }
        }
    }

    /// Calls `visit` with each resource block of a module and of the modules that it calls, and with
    /// the address of the block.
    fn each_block(
        &self,
        folder: &'a ModuleFolder,
        address: &str,
        visit: &mut dyn FnMut(&'a ResourceBlock, String),
    ) {
        for block in &folder.resources {
            visit(block, format!("{address}.{}", block.address()));
        }
        for call in &folder.calls {
            if let Some(folder) = self.called_folder(call) {
                self.each_block(folder, &format!("{address}.module.{}", call.name), visit);
            }
        }
    }
}

/// Adds a delivery stream or a function without instances. Ignores other resources.
fn add_absent(
    block: &ResourceBlock,
    address: &str,
    undeployed: impl FnOnce() -> UndeployedStream,
    to: &mut ResourceList,
) {
    let is_delivery_stream = block.kind == DELIVERY_STREAM;
    if !block.is_data && (is_delivery_stream || block.kind == "aws_lambda_function") {
        let (address, undeployed) = (address.to_owned(), undeployed());
        to.absent.push(AbsentResource { address, is_delivery_stream, undeployed });
    }
}

/// Adds a delivery stream of a module that has unknown instances. Ignores other resources.
fn add_unknown(
    block: &ResourceBlock,
    address: String,
    path: &str,
    unknown: &Unresolved,
    to: &mut ResourceList,
) {
    if block.kind == DELIVERY_STREAM {
        let attributes = Attributes::Unknown(path.to_owned(), unknown.clone());
        to.resources.push(resource(block, address, attributes));
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
