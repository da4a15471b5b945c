use super::arguments::wrong_arguments;
use crate::terraform::language::{
    budget::EvaluationBudget,
    sets::distinct_sorted,
    value::{Fault, Value},
};

/// Calls a function that converts types. Returns `None` for another function.
pub(super) fn call(
    name: &str,
    arguments: &[Value],
    budget: &EvaluationBudget,
) -> Option<Result<Value, Fault>> {
    let [value] = arguments else {
        let is_conversion = matches!(
            name,
            "tostring"
                | "tonumber"
                | "tobool"
                | "tolist"
                | "toset"
                | "tomap"
                | "sensitive"
                | "nonsensitive"
        );
        return is_conversion.then(|| Err(wrong_arguments(name)));
    };
    let wrong = || {
        let kind = name.strip_prefix("to").unwrap_or(name);
        Fault::new(format!("{} cannot be converted to a {kind}", value.kind()))
    };
    Some(match (name, value) {
        ("tostring" | "tonumber" | "tobool" | "tolist" | "toset" | "tomap", Value::Null) => {
            Ok(Value::Null)
        }
        ("tostring", value) => value.to_text().map(Value::Text).ok_or_else(wrong),
        ("tonumber", value) => value.to_number().map(Value::Number).ok_or_else(wrong),
        ("tobool", value) => value.to_bool().map(Value::Bool).ok_or_else(wrong),
        ("tolist", Value::List(_)) | ("tomap", Value::Map(_)) => Ok(value.clone()),
        ("toset", Value::List(items)) => {
            let objects = items.iter().filter(|item| item.to_text().is_none()).count();
            match budget.spend(objects.saturating_mul(objects)) {
                Ok(()) => Ok(Value::List(distinct_sorted(items.clone()))),
                Err(fault) => Err(fault),
            }
        }
        ("sensitive" | "nonsensitive", value) => Ok(value.clone()),
        ("tolist" | "toset" | "tomap", _) => Err(wrong()),
        _ => return None,
    })
}
