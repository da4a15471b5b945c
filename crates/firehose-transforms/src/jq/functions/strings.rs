//! Functions of strings.

use super::super::{
    meter::Meter,
    values::{
        arithmetic::{add, split, value_error},
        index::iterate_error,
        number::Number,
        print::to_text,
        stop::Stop,
        text::Text,
        value::{Array, Value, View},
    },
};

pub(crate) fn utf8_byte_length(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let text = input.as_text();
    let text =
        text.ok_or_else(|| value_error(&input, meter, "only strings have UTF-8 byte length"))?;
    Ok(Value::count(text.as_str().len()))
}

pub(crate) fn ascii_downcase(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    map_text(meter, &input, str::to_ascii_lowercase)
}

pub(crate) fn ascii_upcase(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    map_text(meter, &input, str::to_ascii_uppercase)
}

fn map_text(meter: &Meter, input: &Value, map: fn(&str) -> String) -> Result<Value, Stop> {
    let text = explodable(input)?.as_str();
    meter.build(text.len())?;
    Ok(Value::text(map(text)))
}

/// Returns the text of a string, or the error of `explode`. jq defines `ascii_downcase` and
/// `ascii_upcase` with `explode`, so that all three have the same error.
fn explodable(input: &Value) -> Result<&Text, Stop> {
    input.as_text().ok_or_else(|| Stop::public("explode input must be a string"))
}

pub(crate) fn explode(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let mut codes = Array::default();
    for character in explodable(&input)?.as_str().chars() {
        codes.push(Value::Number(Number::Int(u32::from(character).into())), meter)?;
    }
    Ok(codes.into())
}

pub(crate) fn implode(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let codes = input.as_array().ok_or_else(|| Stop::public("implode input must be an array"))?;
    let mut text = String::new();
    for code in codes {
        meter.step()?;
        let code = code.as_number().map(Number::as_f64).filter(|code| *code >= 0.0);
        let character = code.and_then(|code| char::from_u32(code as u32));
        let invalid = "implode input must be an array of codepoints";
        text.push(character.ok_or_else(|| Stop::public(invalid))?);
    }
    meter.build(text.len())?;
    Ok(Value::text(text))
}

pub(crate) fn starts_with(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    match (input.as_text(), arguments[0].as_text()) {
        (Some(text), Some(start)) => {
            meter.read(start.as_str().len())?;
            Ok(Value::Bool(text.as_str().starts_with(start.as_str())))
        }
        _ => Err(Stop::public("startswith() requires string inputs")),
    }
}

pub(crate) fn ends_with(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    match (input.as_text(), arguments[0].as_text()) {
        (Some(text), Some(end)) => {
            meter.read(end.as_str().len())?;
            Ok(Value::Bool(text.as_str().ends_with(end.as_str())))
        }
        _ => Err(Stop::public("endswith() requires string inputs")),
    }
}

pub(crate) fn trim_start(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    if let (Some(text), Some(start)) = (input.as_text(), arguments[0].as_text()) {
        let length = text.as_str().len();
        meter.read(start.as_str().len())?;
        if text.as_str().starts_with(start.as_str()) {
            meter.build(length)?;
            return Ok(Value::Text(text.part(start.as_str().len()..length)));
        }
    }
    Ok(input)
}

pub(crate) fn trim_end(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    if let (Some(text), Some(end)) = (input.as_text(), arguments[0].as_text()) {
        let length = text.as_str().len();
        meter.read(end.as_str().len())?;
        if text.as_str().ends_with(end.as_str()) {
            meter.build(length)?;
            return Ok(Value::Text(text.part(0..length - end.as_str().len())));
        }
    }
    Ok(input)
}

pub(crate) fn split_text(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    match (input.as_text(), arguments[0].as_text()) {
        (Some(text), Some(separator)) => split(text, separator.as_str(), meter),
        _ => Err(Stop::public("split input and separator must be strings")),
    }
}

/// Joins the values of an array or object. A null counts as an empty string, and a number or
/// boolean as its JSON text.
pub(crate) fn join(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let items: Vec<&Value> = match input.view() {
        View::Array(_) => input.as_array().unwrap_or_default().iter().collect(),
        View::Object(_) => input
            .as_object()
            .map(|it| it.entries())
            .unwrap_or_default()
            .iter()
            .map(|it| &it.1)
            .collect(),
        _ => return Err(iterate_error(&input, meter)),
    };
    meter.steps(items.len())?;
    let mut joined = String::new();
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            match &arguments[0] {
                Value::Text(separator) => append(&mut joined, separator.as_str(), meter)?,
                Value::Null => {}
                other => return add(Value::text(joined), other.clone(), meter),
            }
        }
        match item {
            Value::Null => {}
            Value::Text(text) => append(&mut joined, text.as_str(), meter)?,
            Value::Bool(_) | Value::Number(_) => {
                append(&mut joined, to_text(item, meter)?.as_str(), meter)?;
            }
            // Fails with jq's error of an addition.
            other => return add(Value::text(joined), other.clone(), meter),
        }
    }
    Ok(Value::text(joined))
}

fn append(text: &mut String, part: &str, meter: &Meter) -> Result<(), Stop> {
    meter.build(part.len())?;
    text.push_str(part);
    Ok(())
}
