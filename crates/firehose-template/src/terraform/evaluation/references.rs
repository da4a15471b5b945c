use std::path::Path;

use hcl_edit::{Decorated, expr::TraversalOperator};

use super::{
    evaluator::Evaluator, instance_key::InstanceKey, instances::Instances,
    module_scope::ModuleScope,
};
use crate::{
    cloudformation::evaluator::Cause,
    terraform::language::{Bindings, Fault, Scope, Value, apply_operators, evaluate},
};

type Operators<'o> = &'o [Decorated<TraversalOperator>];

impl<'a> Evaluator<'a> {
    /// Returns the value of a reference, such as `var.name` or `aws_s3_bucket.logs.arn`.
    pub(super) fn reference(
        &self,
        scope: &ModuleScope<'_, 'a>,
        root: &str,
        operators: Operators<'_>,
        bindings: &Bindings,
    ) -> Result<Value, Fault> {
        let Some((name, rest)) = named(operators) else {
            return Err(Fault::new(format!("{root} is not a value; an attribute must follow")));
        };
        let instance = &scope.instance;
        let value = match (root, name) {
            ("var", _) => self.variable(instance, name)?,
            ("local", _) => self.local(instance, name)?,
            ("count", "index") => match scope.key {
                InstanceKey::Count(index) => {
                    Value::Number(f64::from(u32::try_from(index).unwrap_or(u32::MAX)))
                }
                _ => return Err(Fault::new("count.index needs a block with count")),
            },
            ("each", "key" | "value") => match &scope.key {
                InstanceKey::Each(key, _) if name == "key" => Value::from(key.as_str()),
                InstanceKey::Each(_, value) => value.clone(),
                _ => return Err(Fault::new(format!("each.{name} needs a block with for_each"))),
            },
            ("path", "module") => match instance.folder.path.as_path() {
                path if path == Path::new("") => Value::from("."),
                path => Value::from(path.display().to_string()),
            },
            ("path", "root") => Value::from("."),
            ("path", "cwd") => Value::from(self.absolute(Path::new(""))),
            ("terraform" | "tofu", "workspace") => Value::from("default"),
            ("self", _) => Value::deployed(format!("self.{name}"), "self is not evaluated"),
            ("module", _) => return self.module_reference(scope, name, rest, bindings),
            ("data", kind) => match named(rest) {
                Some((name, rest)) => {
                    return self.resource_reference(scope, (true, kind, name), rest, bindings);
                }
                None => return Err(Fault::new(format!("the name after data.{kind} is missing"))),
            },
            (kind, name) => {
                return self.resource_reference(scope, (false, kind, name), rest, bindings);
            }
        };
        apply_operators(&value, rest, scope, bindings)
    }

    /// Applies an index, a splat or an attribute to the instances of a block. `value` returns the
    /// value of one instance for the operators that follow.
    pub(super) fn of_instances(
        &self,
        instances: Instances,
        address: &str,
        operators: Operators<'_>,
        scope: &ModuleScope<'_, 'a>,
        bindings: &Bindings,
        value: &dyn Fn(&InstanceKey, Operators<'_>) -> Result<Value, Fault>,
    ) -> Result<Value, Fault> {
        let keys = match instances {
            Instances::Known(keys) => keys,
            Instances::Unknown(_, unknown) => return Ok(Value::Unknown(Box::new(unknown))),
        };
        let index = match operators.first().map(|it| it.value()) {
            Some(TraversalOperator::FullSplat(_) | TraversalOperator::AttrSplat(_)) => {
                let rest = &operators[1..];
                let values = keys.iter().map(|key| self.budget.nest(|| value(key, rest)));
                return values.collect::<Result<Vec<_>, _>>().map(Value::List);
            }
            _ if keys == [InstanceKey::Only] => return value(&InstanceKey::Only, operators),
            Some(TraversalOperator::Index(index)) => evaluate(index, scope, bindings)?,
            Some(TraversalOperator::LegacyIndex(index)) => Value::from(index.value().to_string()),
            Some(TraversalOperator::GetAttr(name)) => {
                let name = name.as_str();
                return Err(Fault::new(format!(
                    "{address} has count or for_each, so an index must come before .{name}"
                )));
            }
            None => return self.all_instances(&keys, value),
        };
        if let Value::Unknown(_) = index {
            return Ok(index);
        }
        match keys.iter().find(|key| key.is(&index)) {
            Some(key) => value(key, &operators[1..]),
            None => {
                let index = index.to_text().unwrap_or_else(|| index.kind().to_owned());
                Err(Fault::new(format!("{address} has no instance {index}")))
            }
        }
    }

    /// Returns the list or the map of all instances.
    fn all_instances(
        &self,
        keys: &[InstanceKey],
        value: &dyn Fn(&InstanceKey, Operators<'_>) -> Result<Value, Fault>,
    ) -> Result<Value, Fault> {
        if let Some(InstanceKey::Each(..)) = keys.first() {
            let mut entries = std::collections::BTreeMap::new();
            for key in keys {
                if let InstanceKey::Each(name, _) = key {
                    entries.insert(name.clone(), value(key, &[])?);
                }
            }
            return Ok(Value::Map(entries));
        }
        keys.iter().map(|key| value(key, &[])).collect::<Result<Vec<_>, _>>().map(Value::List)
    }

    /// Returns the value that the user gives for an unknown value, or the unknown value.
    pub(super) fn given_or(&self, value: Value) -> Value {
        let Value::Unknown(unknown) = &value else { return value };
        let Cause::Deployed(name) = &unknown.cause else { return value };
        self.given_text(name).map_or_else(|| value.clone(), Value::from)
    }

    /// Applies operators to the attribute of a resource or a module. A user can give the result by its
    /// whole address, such as `data.terraform_remote_state.core.outputs.bucket`.
    pub(super) fn apply(
        &self,
        value: &Value,
        operators: Operators<'_>,
        scope: &dyn Scope,
        bindings: &Bindings,
    ) -> Result<Value, Fault> {
        apply_operators(value, operators, scope, bindings).map(|value| self.given_or(value))
    }
}

/// Returns the name in the first operator, such as `name` in `.name[0]`, and the other operators.
pub(super) fn named<'o>(operators: Operators<'o>) -> Option<(&'o str, Operators<'o>)> {
    let (first, rest) = operators.split_first()?;
    match first.value() {
        TraversalOperator::GetAttr(name) => Some((name.as_str(), rest)),
        _ => None,
    }
}
