use std::collections::BTreeMap;

use hcl_edit::expr::ForExpr;

use super::{
    interpreter::Interpreter,
    value::{Fault, Value},
};

impl Interpreter<'_> {
    /// Evaluates `[for ...]` or `{for ...}`.
    pub(super) fn for_expression(self, expression: &ForExpr) -> Result<Value, Fault> {
        let collection = self.evaluate(&expression.intro.collection_expr)?;
        let items = match iterate(&collection) {
            Ok(items) => items,
            Err(Iteration::Unknown(value)) => return Ok(value),
            Err(Iteration::Wrong(fault)) => return Err(fault),
        };
        let mut list = Vec::new();
        let mut map = BTreeMap::new();
        for (key, value) in items {
            self.budget().spend(value.size())?;
            let mut inner = self.bindings.with(expression.intro.value_var.as_str(), value);
            if let Some(name) = &expression.intro.key_var {
                inner = inner.with(name.as_str(), key);
            }
            if let Some(condition) = &expression.cond {
                let condition = self.with(&inner).evaluate(&condition.expr)?;
                match condition.to_bool() {
                    Some(true) => {}
                    Some(false) => continue,
                    None if condition.first_unknown().is_some() => return Ok(condition),
                    None => {
                        return Err(Fault::new("the condition after `if` must be true or false"));
                    }
                }
            }
            let value = self.with(&inner).evaluate(&expression.value_expr)?;
            let Some(key) = &expression.key_expr else {
                list.push(value);
                continue;
            };
            let key = self.with(&inner).evaluate(key)?;
            let Some(text) = key.to_text() else {
                if key.first_unknown().is_some() {
                    return Ok(key);
                }
                return Err(Fault::new(format!(
                    "a key of a map must be a text, but is {}",
                    key.kind()
                )));
            };
            if !expression.grouping {
                map.insert(text, value);
            } else if let Value::List(group) = map.entry(text).or_insert(Value::List(Vec::new())) {
                group.push(value);
            }
        }
        Ok(if expression.key_expr.is_some() { Value::Map(map) } else { Value::List(list) })
    }
}

/// The reason why a value has no items.
pub(super) enum Iteration {
    Unknown(Value),
    Wrong(Fault),
}

/// Returns the keys and the values of a collection. The keys of a list are its indexes.
pub(super) fn iterate(collection: &Value) -> Result<Vec<(Value, Value)>, Iteration> {
    match collection {
        Value::List(items) => {
            let keys = (0_u32..).map(|index| Value::Number(f64::from(index)));
            Ok(keys.zip(items.iter().cloned()).collect())
        }
        Value::Map(entries) => {
            let entries = entries.iter();
            Ok(entries.map(|(key, value)| (Value::from(key.as_str()), value.clone())).collect())
        }
        Value::Unknown(_) => Err(Iteration::Unknown(collection.clone())),
        other => Err(Iteration::Wrong(Fault::new(format!(
            "a for expression needs a list or a map, but has {}",
            other.kind()
        )))),
    }
}
