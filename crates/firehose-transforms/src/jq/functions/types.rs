//! Functions of values of any type: `type`, `length`, `not`, `has`, `contains`.

use memchr::memmem;

use super::super::{
    meter::Meter,
    values::{
        arithmetic::{pair_error, value_error},
        compare::equal,
        number::Number,
        stop::Stop,
        value::{Value, View},
    },
};

pub(crate) fn type_name(_: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    Ok(Value::text(input.kind()))
}

pub(crate) fn not(_: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    Ok(Value::Bool(!input.is_true()))
}

pub(crate) fn length(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    match input.view() {
        View::Null => Ok(Value::count(0)),
        View::Bool(_) => Err(value_error(&input, meter, "has no length")),
        View::Number(number) => {
            let is_negative = number.as_f64() < 0.0;
            Ok(Value::Number(if is_negative { number.negate() } else { number.clone() }))
        }
        View::Text(text) => {
            meter.read(text.as_str().len())?;
            Ok(Value::count(text.as_str().chars().count()))
        }
        View::Array(_) => Ok(Value::count(input.as_array().map_or(0, <[_]>::len))),
        View::Object(_) => Ok(Value::count(input.as_object().map_or(0, |it| it.len()))),
    }
}

pub(crate) fn has(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let key = &arguments[0];
    match (input.view(), key.view()) {
        (View::Object(_), View::Text(key)) => {
            meter.read(key.as_str().len())?;
            Ok(Value::Bool(input.as_object().is_some_and(|it| it.get(key.as_str()).is_some())))
        }
        (View::Array(_), View::Number(index)) => {
            let length = input.as_array().map_or(0, <[_]>::len);
            let index = index.as_f64();
            Ok(Value::Bool(index >= 0.0 && index < length as f64))
        }
        (View::Null, _) => Ok(Value::Bool(false)),
        _ => {
            let (kind, key) = (input.kind(), key.kind());
            Err(Stop::public(format!("Cannot check whether {kind} has a {key} key")))
        }
    }
}

pub(crate) fn contains(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let part = &arguments[0];
    if input.kind() != part.kind() {
        return Err(pair_error(&input, part, meter, "cannot have their containment checked"));
    }
    Ok(Value::Bool(does_contain(&input, part, meter)?))
}

fn does_contain(whole: &Value, part: &Value, meter: &Meter) -> Result<bool, Stop> {
    meter.step()?;
    match (whole.view(), part.view()) {
        (View::Object(_), View::Object(_)) => {
            let whole = whole.as_object();
            for (key, part) in part.as_object().map(|it| it.entries()).unwrap_or_default() {
                meter.read(key.as_str().len())?;
                let member = whole.and_then(|whole| whole.get(key.as_str()));
                if !member.map_or(Ok(false), |member| does_contain(member, part, meter))? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (View::Array(_), View::Array(_)) => {
            'parts: for part in part.as_array().unwrap_or_default() {
                for item in whole.as_array().unwrap_or_default() {
                    if does_contain(item, part, meter)? {
                        continue 'parts;
                    }
                }
                return Ok(false);
            }
            Ok(true)
        }
        (View::Text(whole), View::Text(part)) => {
            let (whole, part) = (whole.as_str().as_bytes(), part.as_str().as_bytes());
            meter.read(whole.len() + part.len())?;
            Ok(memmem::find(whole, part).is_some())
        }
        _ => Ok(equal(whole, part, meter)?),
    }
}

/// Returns the number of a value, or the error for a value that is not a number.
pub(crate) fn number<'a>(value: &'a Value, meter: &Meter) -> Result<&'a Number, Stop> {
    value.as_number().ok_or_else(|| value_error(value, meter, "number required"))
}
