use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::terraform::language::{Value, functions::from_json};

/// A function that returns the ARN of the first reference that names an ARN, such as
/// `aws_kinesis_stream.source.arn`.
pub(super) type Resolve<'r> = &'r dyn Fn(&[&str]) -> Option<Value>;

/// Joins the known values of a resource with the marks of its unknown values.
///
/// `expressions` has the references of the configuration, nested like the values. An unknown ARN has
/// the ARN of the resource to which its references refer. Any other unknown value stays unknown, because
/// `expressions` does not contain the text around a reference.
pub(super) fn known_and_unknown(
    known: &Json,
    unknown: &Json,
    expressions: &Json,
    path: &str,
    resolve: Resolve<'_>,
) -> Value {
    match (known, unknown) {
        (_, Json::Bool(true)) => unknown_value(expressions, path, resolve),
        (Json::Object(known), Json::Object(unknown)) => {
            let mut entries = BTreeMap::new();
            for name in known.keys().chain(unknown.keys()) {
                if entries.contains_key(name) {
                    continue;
                }
                let known = known.get(name).unwrap_or(&Json::Null);
                let unknown = unknown.get(name).unwrap_or(&Json::Null);
                let path = format!("{path}.{name}");
                let expressions = &expressions[name];
                let value = known_and_unknown(known, unknown, expressions, &path, resolve);
                entries.insert(name.clone(), value);
            }
            Value::Map(entries)
        }
        (Json::Array(known), Json::Array(unknown)) => {
            let length = known.len().max(unknown.len());
            let item = |index: usize| {
                let known = known.get(index).unwrap_or(&Json::Null);
                let unknown = unknown.get(index).unwrap_or(&Json::Null);
                let path = format!("{path}[{index}]");
                known_and_unknown(known, unknown, &expressions[index], &path, resolve)
            };
            Value::List((0..length).map(item).collect())
        }
        (known, _) => from_json(known.clone()),
    }
}

fn unknown_value(expressions: &Json, path: &str, resolve: Resolve<'_>) -> Value {
    let references = expressions["references"].as_array();
    let references = references.into_iter().flatten().filter_map(Json::as_str);
    let references: Vec<&str> = references.collect();
    let name = path.rsplit('.').next().unwrap_or_default();
    if (name.ends_with("_arn") || name == "parameter_value")
        && let Some(value) = resolve(&references)
    {
        return value;
    }
    let name = references.first().copied().unwrap_or(path);
    Value::deployed(
        name,
        format!("the plan does not have the value of {name}, which only AWS knows"),
    )
}
