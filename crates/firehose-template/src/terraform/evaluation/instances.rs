use hcl_edit::{expr::Expression, structure::Body};

use super::{evaluator::Evaluator, instance_key::InstanceKey, module_scope::ModuleScope};
use crate::{
    cloudformation::evaluator::Unresolved,
    terraform::language::{Bindings, Fault, Value, evaluate},
};

/// The largest number of instances of a block.
const MAX_INSTANCES: usize = 1_000;

/// The arguments that decide the instances of a block.
pub(super) const INSTANCE_ARGUMENTS: [&str; 2] = ["count", "for_each"];

/// The instances of a block.
#[derive(Debug)]
pub(super) enum Instances {
    Known(Vec<InstanceKey>),
    /// The instances are unknown. The name of the argument, `count` or `for_each`, and the reason.
    Unknown(&'static str, Unresolved),
}

impl<'a> Evaluator<'a> {
    /// Returns the instances of a `resource`, `data` or `module` block in the order of their keys. A
    /// given value replaces `count` or `for_each`.
    pub(super) fn instances(
        &self,
        body: &Body,
        address: &str,
        scope: &ModuleScope<'_, 'a>,
    ) -> Instances {
        let argument = INSTANCE_ARGUMENTS.into_iter().find(|name| body.has_attribute(name));
        let Some(argument) = argument else { return Instances::Known(vec![InstanceKey::Only]) };
        let given = self.given_text(&format!("{address}.{argument}"));
        let given = given.and_then(|text| text.parse::<Expression>().ok());
        let expression = given.as_ref().or_else(|| Some(&body.get_attribute(argument)?.value));
        let value = match expression {
            Some(expression) => evaluate(expression, scope, &Bindings::default()),
            None => Ok(Value::Null),
        };
        let keys = value.and_then(|value| match value.first_unknown() {
            // A map has known keys, even if its values are unknown.
            Some(unknown) if !matches!(value, Value::Map(_)) => Ok(Err(unknown.clone())),
            _ => match argument {
                "count" => counted(&value).map(Ok),
                _ => each(&value).map(Ok),
            },
        });
        match keys {
            Ok(Ok(keys)) => Instances::Known(keys),
            Ok(Err(unknown)) => Instances::Unknown(argument, unknown),
            Err(fault) => match Value::rejected(fault) {
                Value::Unknown(unknown) => Instances::Unknown(argument, *unknown),
                _ => Instances::Known(Vec::new()),
            },
        }
    }
}

fn counted(value: &Value) -> Result<Vec<InstanceKey>, Fault> {
    let count = value.to_number().and_then(|number| number.to_string().parse::<usize>().ok());
    match count {
        Some(count) if count <= MAX_INSTANCES => Ok((0..count).map(InstanceKey::Count).collect()),
        Some(count) => {
            Err(Fault::new(format!("count is {count}, but at most {MAX_INSTANCES} are simulated")))
        }
        None => Err(Fault::new(format!("count must be a whole number, but is {}", value.kind()))),
    }
}

fn each(value: &Value) -> Result<Vec<InstanceKey>, Fault> {
    let keys: Option<Vec<InstanceKey>> = match value {
        Value::Map(entries) => {
            let entries = entries.iter();
            Some(
                entries.map(|(key, value)| InstanceKey::Each(key.clone(), value.clone())).collect(),
            )
        }
        Value::List(items) => {
            let key = |item: &Value| Some(InstanceKey::Each(item.to_text()?, item.clone()));
            items.iter().map(key).collect()
        }
        _ => None,
    };
    match keys {
        Some(keys) if keys.len() <= MAX_INSTANCES => Ok(keys),
        Some(keys) => Err(Fault::new(format!(
            "for_each has {} items, but at most {MAX_INSTANCES} are simulated",
            keys.len()
        ))),
        None => Err(Fault::new(format!(
            "for_each must be a map or a set of texts, but is {}",
            value.kind()
        ))),
    }
}
