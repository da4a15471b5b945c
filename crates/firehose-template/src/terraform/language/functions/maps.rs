use std::collections::BTreeMap;

use super::arguments::wrong_arguments;
use crate::terraform::language::value::{Fault, Value};

/// Calls a function of maps. Returns `None` for another function.
pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
    let wrong = || Err(wrong_arguments(name));
    Some(match (name, arguments) {
        ("keys", [Value::Map(entries)]) => Ok(entries.keys().map(String::as_str).collect()),
        ("values", [Value::Map(entries)]) => Ok(entries.values().cloned().collect()),
        ("merge", maps) => {
            let mut merged = BTreeMap::new();
            for map in maps {
                match map {
                    Value::Map(entries) => merged.extend(entries.clone()),
                    Value::Null => {}
                    _ => return Some(wrong()),
                }
            }
            Ok(Value::Map(merged))
        }
        ("lookup", [Value::Map(entries), key, default @ ..]) if default.len() < 2 => {
            let found = key.to_text().and_then(|key| entries.get(&key)).or(default.first());
            let fault = || Fault::new("the map has no such key, and lookup() has no default");
            found.cloned().ok_or_else(fault)
        }
        ("zipmap", [Value::List(keys), Value::List(values)]) if keys.len() == values.len() => {
            let keys: Option<Vec<String>> = keys.iter().map(Value::to_text).collect();
            match keys {
                Some(keys) => {
                    Ok(Value::Map(keys.into_iter().zip(values.iter().cloned()).collect()))
                }
                None => wrong(),
            }
        }
        ("keys" | "values" | "lookup" | "zipmap", _) => wrong(),
        _ => return None,
    })
}
