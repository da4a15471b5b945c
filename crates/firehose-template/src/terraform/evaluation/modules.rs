use std::{collections::BTreeMap, rc::Rc};

use hcl_edit::{Decorated, expr::TraversalOperator};

use super::{
    evaluator::Evaluator,
    instance_key::InstanceKey,
    module_instance::{Caller, ModuleInstance},
    module_scope::ModuleScope,
    references::named,
};
use crate::terraform::{
    configuration::{ModuleCall, ModuleFolder},
    language::{Bindings, Fault, Value, evaluate},
};

impl<'a> Evaluator<'a> {
    /// Returns the root module.
    pub(super) fn root(&self) -> Rc<ModuleInstance<'a>> {
        let folder = &self.configuration.modules[0];
        Rc::new(ModuleInstance { address: String::new(), folder, caller: None })
    }

    /// Returns the files of a called module, if they are here.
    pub(super) fn called_folder(&self, call: &ModuleCall) -> Option<&'a ModuleFolder> {
        self.configuration.modules.get(call.module?)
    }

    /// Returns the instance of a called module.
    pub(super) fn called(
        &self,
        caller: &Rc<ModuleInstance<'a>>,
        call: &'a ModuleCall,
        folder: &'a ModuleFolder,
        key: &InstanceKey,
    ) -> Rc<ModuleInstance<'a>> {
        let address = caller.address_of(&format!("module.{}{}", call.name, key.suffix()));
        let caller = Caller { instance: Rc::clone(caller), call, key: key.clone() };
        Rc::new(ModuleInstance { address, folder, caller: Some(caller) })
    }

    /// Returns the value of a reference such as `module.delivery["eu"].bucket_arn`.
    pub(super) fn module_reference(
        &self,
        scope: &ModuleScope<'_, 'a>,
        name: &str,
        operators: &[Decorated<TraversalOperator>],
        bindings: &Bindings,
    ) -> Result<Value, Fault> {
        let caller = &scope.instance;
        let Some(call) = caller.folder.calls.iter().find(|call| call.name == name) else {
            return Err(Fault::new(format!("no module is named {name}")));
        };
        let address = caller.address_of(&format!("module.{name}"));
        let Some(folder) = self.called_folder(call) else {
            let source = call.source().unwrap_or("its source");
            let reason = format!(
                "the module {source} is not on this machine; `terraform init` downloads it, and \
                 `terraform show -json` of a plan has its resources"
            );
            return self.apply(&Value::deployed(address, reason), operators, scope, bindings);
        };
        let module_scope = ModuleScope::new(self, caller);
        let instances = self.instances(&call.body, &address, &module_scope);
        self.of_instances(instances, &address, operators, scope, bindings, &|key, operators| {
            let instance = self.called(caller, call, folder, key);
            match named(operators) {
                Some((name, rest)) => {
                    let value = self.output(&instance, name)?;
                    self.apply(&value, rest, scope, bindings)
                }
                None => {
                    let mut outputs = BTreeMap::new();
                    for name in folder.outputs.keys() {
                        outputs.insert(name.clone(), self.output(&instance, name)?);
                    }
                    Ok(Value::Map(outputs))
                }
            }
        })
    }

    fn output(&self, instance: &Rc<ModuleInstance<'a>>, name: &str) -> Result<Value, Fault> {
        let output = instance.folder.outputs.get(name).and_then(|it| it.get_attribute("value"));
        let Some(output) = output else {
            return Err(Fault::new(format!("{} has no output {name}", instance.address)));
        };
        let scope = ModuleScope::new(self, instance);
        self.once(instance.address_of(&format!("output.{name}")), || {
            evaluate(&output.value, &scope, &Bindings::default())
        })
    }
}
