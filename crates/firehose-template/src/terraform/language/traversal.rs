use hcl_edit::{
    Decorated,
    expr::{Expression, Traversal, TraversalOperator},
};

use super::{
    interpreter::Interpreter,
    scope::{Bindings, Scope},
    value::{Fault, Value},
};
use crate::cloudformation::evaluator::{Cause, Unresolved};

/// Applies the operators of a path to a value.
///
/// # Errors
///
/// If Terraform rejects the path.
pub(crate) fn apply_operators(
    value: &Value,
    operators: &[Decorated<TraversalOperator>],
    scope: &dyn Scope,
    bindings: &Bindings,
) -> Result<Value, Fault> {
    Interpreter::new(scope, bindings).apply_operators(value, operators)
}

impl Interpreter<'_> {
    /// Evaluates a path such as `var.tags["team"]` or `aws_s3_bucket.logs[*].arn`.
    pub(super) fn traversal(self, traversal: &Traversal) -> Result<Value, Fault> {
        if let Expression::Variable(root) = &traversal.expr {
            return match self.bindings.get(root.as_str()) {
                Some(value) => self.apply_operators(value, &traversal.operators),
                None => self.scope.reference(root.as_str(), &traversal.operators, self.bindings),
            };
        }
        let value = self.evaluate(&traversal.expr)?;
        self.apply_operators(&value, &traversal.operators)
    }

    /// Applies operators one after the other.
    fn apply_operators(
        self,
        value: &Value,
        operators: &[Decorated<TraversalOperator>],
    ) -> Result<Value, Fault> {
        let mut value = value;
        for (index, operator) in operators.iter().enumerate() {
            if let Value::Unknown(unknown) = value {
                return Ok(Value::Unknown(Box::new(named(unknown, &operators[index..]))));
            }
            value = match operator.value() {
                TraversalOperator::GetAttr(name) => attribute(value, name.as_str())?,
                TraversalOperator::Index(key) => {
                    let key = self.evaluate(key)?;
                    if let Value::Unknown(_) = key {
                        return Ok(key);
                    }
                    item(value, &key)?
                }
                TraversalOperator::LegacyIndex(position) => {
                    let position = u32::try_from(*position.value()).unwrap_or(u32::MAX);
                    item(value, &Value::Number(f64::from(position)))?
                }
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                    let rest = &operators[index + 1..];
                    let items = match value {
                        Value::List(items) => items.as_slice(),
                        Value::Null => &[],
                        single => std::slice::from_ref(single),
                    };
                    let apply = |item| self.budget().nest(|| self.apply_operators(item, rest));
                    return items.iter().map(apply).collect::<Result<Vec<_>, _>>().map(Value::List);
                }
            };
        }
        self.budget().spend(value.size())?;
        Ok(value.clone())
    }
}

fn attribute<'v>(value: &'v Value, name: &str) -> Result<&'v Value, Fault> {
    match value {
        Value::Map(entries) => entries
            .get(name)
            .ok_or_else(|| Fault::new(format!("the value has no attribute {name}"))),
        other => Err(Fault::new(format!(
            "an attribute {name} needs a map, but the value is {}",
            other.kind()
        ))),
    }
}

/// Returns the item of a list or a map.
fn item<'v>(value: &'v Value, key: &Value) -> Result<&'v Value, Fault> {
    let found = match value {
        Value::Map(entries) => key.to_text().and_then(|key| entries.get(&key)),
        Value::List(items) => key.to_number().and_then(|position| {
            items.iter().enumerate().find_map(|(index, item)| {
                let index = u32::try_from(index).ok()?;
                (f64::from(index) == position).then_some(item)
            })
        }),
        other => {
            return Err(Fault::new(format!(
                "an index needs a list or a map, but the value is {}",
                other.kind()
            )));
        }
    };
    found.ok_or_else(|| {
        let key = key.to_text().unwrap_or_else(|| key.kind().to_owned());
        Fault::new(format!("the value has no item {key}"))
    })
}

/// Adds the attributes of a path to the name of an unknown value.
fn named(unknown: &Unresolved, operators: &[Decorated<TraversalOperator>]) -> Unresolved {
    let mut unknown = Unresolved { placeholder: None, ..unknown.clone() };
    if let Cause::Deployed(name) = &mut unknown.cause {
        for operator in operators {
            let TraversalOperator::GetAttr(attribute) = operator.value() else { break };
            name.push('.');
            name.push_str(attribute.as_str());
        }
    }
    unknown
}
