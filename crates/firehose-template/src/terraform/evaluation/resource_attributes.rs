use std::collections::BTreeMap;

use hcl_edit::{Decorated, expr::TraversalOperator};

use super::{
    computed_attributes::{computed_attribute, name_attribute},
    data_sources::data_attribute,
    evaluator::Evaluator,
    module_scope::ModuleScope,
    references::named,
};
use crate::{
    cloudformation::evaluator::Unresolved,
    terraform::{
        configuration::ResourceBlock,
        language::{Bindings, Fault, Value, evaluate},
    },
};

impl<'a> Evaluator<'a> {
    /// Returns the value of a reference to a resource or a data source, which has a type and a name.
    pub(super) fn resource_reference(
        &self,
        scope: &ModuleScope<'_, 'a>,
        (is_data, kind, name): (bool, &str, &str),
        operators: &[Decorated<TraversalOperator>],
        bindings: &Bindings,
    ) -> Result<Value, Fault> {
        let instance = &scope.instance;
        let Some(block) = instance.folder.resource(is_data, kind, name) else {
            let (subject, prefix) =
                if is_data { ("data source", "data.") } else { ("resource", "") };
            return Err(Fault::new(format!("no {subject} is named {prefix}{kind}.{name}")));
        };
        let module_scope = ModuleScope::new(self, instance);
        let address = instance.address_of(&block.address());
        let instances = self.instances(&block.body, &address, &module_scope);
        self.of_instances(instances, &address, operators, scope, bindings, &|key, operators| {
            let scope_of_instance = module_scope.with_key(key);
            match named(operators) {
                Some((name, rest)) => {
                    let value = self.attribute(&scope_of_instance, block, name)?;
                    self.apply(&value, rest, scope, bindings)
                }
                None => Ok(Value::Map(self.attributes(&scope_of_instance, block))),
            }
        })
    }

    /// Returns an attribute of an instance: its argument, or else the value that AWS computes, if the
    /// value is known.
    pub(super) fn attribute(
        &self,
        scope: &ModuleScope<'_, 'a>,
        block: &ResourceBlock,
        attribute: &str,
    ) -> Result<Value, Fault> {
        let address = format!("{}{}", block.address(), scope.key.suffix());
        let address = format!("{}.{attribute}", scope.instance.address_of(&address));
        self.once(address.clone(), || {
            if let Some(value) = data_attribute(block, attribute) {
                return Ok(value);
            }
            let argument = |name: &str| self.argument_of(scope, block, name);
            let is_name = name_attribute(&block.kind) == Some(attribute);
            let value = match argument(attribute)? {
                Some(Value::Null) | None if is_name && !block.is_data => {
                    Value::from(block.name.as_str())
                }
                Some(Value::Unknown(unknown)) if is_name => {
                    let placeholder =
                        unknown.placeholder.clone().or_else(|| Some(block.name.clone()));
                    Value::Unknown(Box::new(Unresolved { placeholder, ..*unknown }))
                }
                Some(value) => value,
                None => {
                    let of_name = |name: &str| self.attribute(scope, block, name);
                    match computed_attribute(&block.kind, attribute, &of_name)? {
                        Some(value) => value,
                        None => {
                            let reason = format!("only AWS knows {address}");
                            Value::deployed(address, reason)
                        }
                    }
                }
            };
            Ok(self.given_or(value))
        })
    }

    /// Returns the value of an argument or of nested blocks, if the block has them.
    fn argument_of(
        &self,
        scope: &ModuleScope<'_, 'a>,
        block: &ResourceBlock,
        name: &str,
    ) -> Result<Option<Value>, Fault> {
        if let Some(attribute) = block.body.get_attribute(name) {
            return evaluate(&attribute.value, scope, &Bindings::default()).map(Some);
        }
        let is_dynamic = |it: &hcl_edit::structure::Block| {
            it.has_ident("dynamic") && it.labels.first().is_some_and(|it| it.as_str() == name)
        };
        if block.body.has_blocks(name) || block.body.blocks().any(is_dynamic) {
            let mut values = self.body_values(&block.body, scope, &Bindings::default());
            return Ok(values.remove(name));
        }
        Ok(None)
    }

    /// Returns all arguments of an instance, its name, and the attributes `arn` and `id` if they are
    /// known.
    pub(super) fn attributes(
        &self,
        scope: &ModuleScope<'_, 'a>,
        block: &ResourceBlock,
    ) -> BTreeMap<String, Value> {
        let mut values = self.body_values(&block.body, scope, &Bindings::default());
        for name in ["count", "for_each", "provider", "depends_on", "lifecycle", "timeouts"] {
            values.remove(name);
        }
        for name in name_attribute(&block.kind).into_iter().chain(["arn", "id"]) {
            let value = self.attribute(scope, block, name).unwrap_or_else(Value::rejected);
            values.insert(name.to_owned(), value);
        }
        values
    }
}

impl ResourceBlock {
    /// Returns the address inside the module, such as `data.aws_region.current`.
    pub(super) fn address(&self) -> String {
        let prefix = if self.is_data { "data." } else { "" };
        format!("{prefix}{}.{}", self.kind, self.name)
    }
}
