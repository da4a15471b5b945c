use std::collections::BTreeMap;

use hcl_edit::expr::{Expression, FuncCall, ObjectKey};

use super::{
    expression::evaluate,
    scope::{Bindings, Scope},
    sets::distinct_sorted,
    value::{Fault, Value},
};

/// Converts a value to the type of a variable, such as `object({name = optional(string, "x")})`.
/// Missing attributes of an object have their defaults.
///
/// Returns the value unchanged if the type is unknown or the value does not fit: the code that uses the
/// value reports the fault.
pub(crate) fn conform(value: Value, constraint: &Expression, scope: &dyn Scope) -> Value {
    // The nesting of a constraint is bounded, because the nesting of its file is bounded.
    match (constraint, &value) {
        (_, Value::Unknown(_) | Value::Null) => value,
        (Expression::Variable(name), _) => primitive(value, name.as_str()),
        (Expression::FuncCall(call), _) => constructed(value, call, scope),
        _ => value,
    }
}

fn primitive(value: Value, name: &str) -> Value {
    let converted = match name {
        "string" => value.to_text().map(Value::Text),
        "number" => value.to_number().map(Value::Number),
        "bool" => value.to_bool().map(Value::Bool),
        _ => None,
    };
    converted.unwrap_or(value)
}

fn constructed(value: Value, call: &FuncCall, scope: &dyn Scope) -> Value {
    let name = call.name.name.as_str();
    let Some(argument) = call.args.get(0) else { return value };
    match (name, value) {
        ("list" | "set", Value::List(items)) => {
            let items: Vec<_> =
                items.into_iter().map(|item| conform(item, argument, scope)).collect();
            Value::List(if name == "set" { distinct_sorted(items) } else { items })
        }
        ("map", Value::Map(entries)) => {
            let entries = entries.into_iter();
            Value::Map(entries.map(|(key, value)| (key, conform(value, argument, scope))).collect())
        }
        ("tuple", Value::List(items)) => {
            let types = argument.as_array();
            let typed = |(index, item)| match types.and_then(|types| types.get(index)) {
                Some(constraint) => conform(item, constraint, scope),
                None => item,
            };
            Value::List(items.into_iter().enumerate().map(typed).collect())
        }
        ("object", Value::Map(entries)) => object(entries, argument, scope),
        (_, value) => value,
    }
}

/// Converts an object. Removes attributes that the type does not have.
fn object(
    mut entries: BTreeMap<String, Value>,
    constraint: &Expression,
    scope: &dyn Scope,
) -> Value {
    let Some(attributes) = constraint.as_object() else { return Value::Map(entries) };
    let mut converted = BTreeMap::new();
    for (key, constraint) in attributes {
        let name = match key {
            ObjectKey::Ident(name) => name.as_str(),
            ObjectKey::Expression(key) => key.as_str().unwrap_or_default(),
        };
        let optional = match constraint.expr() {
            Expression::FuncCall(call) if call.name.name.as_str() == "optional" => Some(call),
            _ => None,
        };
        let (constraint, default) = match optional {
            Some(call) => match call.args.get(0) {
                Some(constraint) => (constraint, call.args.get(1)),
                None => continue,
            },
            None => (constraint.expr(), None),
        };
        let value = match (entries.remove(name), default) {
            (None | Some(Value::Null), Some(default)) => {
                evaluate(default, scope, &Bindings::default()).unwrap_or(Value::Null)
            }
            (Some(value), _) => value,
            (None, None) if optional.is_some() => Value::Null,
            (None, None) => {
                let reason = format!("the required attribute {name} of the object is missing");
                Value::rejected(Fault::new(reason))
            }
        };
        converted.insert(name.to_owned(), conform(value, constraint, scope));
    }
    Value::Map(converted)
}
