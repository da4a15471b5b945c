use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Map, Number, Value as Json};

use super::arguments::wrong_arguments;
use crate::terraform::language::{
    budget::EvaluationBudget,
    value::{Fault, Value},
};

/// Calls a function that encodes or decodes. Returns `None` for another function.
pub(super) fn call(
    name: &str,
    arguments: &[Value],
    budget: &EvaluationBudget,
) -> Option<Result<Value, Fault>> {
    if let ("jsonencode", [value]) = (name, arguments) {
        return Some(to_json(value).map(|json| escaped(&json.to_string()).into()));
    }
    let text = match arguments {
        [value] => value.to_text(),
        _ => None,
    };
    Some(match (name, text) {
        ("jsondecode", Some(text)) => {
            let json = serde_json::from_str(&text);
            json.map(from_json).map_err(|error| Fault::new(format!("jsondecode: {error}")))
        }
        ("yamldecode", Some(text)) => from_yaml(&text, budget),
        ("base64encode", Some(text)) => Ok(BASE64_STANDARD.encode(text).into()),
        ("base64decode", Some(text)) => {
            let bytes = BASE64_STANDARD.decode(text).ok();
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            text.map(Value::Text).ok_or_else(|| wrong_arguments(name))
        }
        ("urlencode", Some(text)) => Ok(url_encoded(&text).into()),
        (
            "jsonencode" | "jsondecode" | "yamldecode" | "base64encode" | "base64decode"
            | "urlencode",
            _,
        ) => Err(wrong_arguments(name)),
        _ => return None,
    })
}

/// Converts JSON to a value.
pub(crate) fn from_json(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => number.as_f64().map_or(Value::Null, Value::Number),
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.into_iter().map(from_json).collect()),
        Json::Object(entries) => {
            Value::Map(entries.into_iter().map(|(key, value)| (key, from_json(value))).collect())
        }
    }
}

/// Converts a value to JSON.
pub(crate) fn to_json(value: &Value) -> Result<Json, Fault> {
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => whole(*number)
            .map(Number::from)
            .or_else(|| Number::from_f64(*number))
            .map_or(Json::Null, Json::Number),
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(to_json).collect::<Result<_, _>>()?),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| Ok((key.clone(), to_json(value)?)));
            Json::Object(entries.collect::<Result<Map<_, _>, Fault>>()?)
        }
        Value::Unknown(unknown) => return Err(Fault::new(unknown.reason.clone())),
    })
}

/// Returns a number without a fraction as an integer.
fn whole(number: f64) -> Option<i64> {
    if number.fract() == 0.0 { number.to_string().parse().ok() } else { None }
}

/// Escapes the characters that Terraform escapes in JSON.
fn escaped(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// Parses YAML. The YAML reader bounds the expansion of aliases.
fn from_yaml(text: &str, budget: &EvaluationBudget) -> Result<Value, Fault> {
    budget.spend(text.len())?;
    let json: Result<Json, _> = yaml_serde::from_str(text);
    json.map(from_json).map_err(|error| Fault::new(format!("yamldecode: {error}")))
}

fn url_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}
