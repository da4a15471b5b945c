//! The operators `+`, `-`, `*`, `/` and `%`.

use super::{
    super::meter::Meter,
    compare::equal,
    number::Number,
    print::shown,
    stop::Stop,
    text::Text,
    value::{Array, ITEM_BYTES, Object, Value, View},
};

/// Returns the error for two values, as in `string ("a") and number (1) cannot be added`.
pub(crate) fn pair_error(left: &Value, right: &Value, meter: &Meter, problem: &str) -> Stop {
    let (left_kind, right_kind) = (left.kind(), right.kind());
    let (left, right) = (shown(left, meter), shown(right, meter));
    Stop::error(
        format!("{left_kind} ({left}) and {right_kind} ({right}) {problem}"),
        format!("{left_kind} and {right_kind} {problem}"),
    )
}

/// Returns the error for a value, as in `number (1) has no keys`.
pub(crate) fn value_error(value: &Value, meter: &Meter, problem: &str) -> Stop {
    let kind = value.kind();
    Stop::error(format!("{kind} ({}) {problem}", shown(value, meter)), format!("{kind} {problem}"))
}

pub(crate) fn add(left: Value, right: Value, meter: &Meter) -> Result<Value, Stop> {
    match (left.view(), right.view()) {
        (View::Number(left), View::Number(right)) => {
            Ok(Value::Number(left.add(right).in_run(meter.fidelity())))
        }
        (View::Null, _) => Ok(right),
        (_, View::Null) => Ok(left),
        (View::Text(left), View::Text(right)) => {
            let (left, right) = (left.as_str(), right.as_str());
            meter.build(left.len() + right.len())?;
            Ok(Value::text([left, right].concat()))
        }
        (View::Array(_), View::Array(_)) => {
            let mut sum = left.own_array(meter)?;
            for item in right.own_array(meter)?.items {
                sum.push(item, meter)?;
            }
            Ok(sum.into())
        }
        (View::Object(_), View::Object(_)) => {
            let mut sum = left.own_object(meter)?;
            for (key, value) in right.own_object(meter)?.members.into_entries() {
                sum.insert(key, value, meter)?;
            }
            Ok(sum.into())
        }
        _ => Err(pair_error(&left, &right, meter, "cannot be added")),
    }
}

/// Joins texts in linear time. Like `+`, skips nulls. Returns `None` if no value is a text, or if a
/// value is neither a text nor null.
pub(crate) fn joined_texts(values: &[Value], meter: &Meter) -> Result<Option<Value>, Stop> {
    let mut bytes = None;
    for value in values {
        match value.view() {
            View::Null => {}
            View::Text(text) => bytes = Some(bytes.unwrap_or(0) + text.as_str().len()),
            _ => return Ok(None),
        }
    }
    let Some(bytes) = bytes else { return Ok(None) };
    meter.build(bytes)?;
    let mut joined = String::with_capacity(bytes);
    for value in values {
        if let View::Text(text) = value.view() {
            meter.step()?;
            joined.push_str(text.as_str());
        }
    }
    Ok(Some(Value::text(joined)))
}

pub(crate) fn subtract(left: Value, right: Value, meter: &Meter) -> Result<Value, Stop> {
    match (left.view(), right.view()) {
        (View::Number(left), View::Number(right)) => {
            Ok(Value::Number(left.subtract(right).in_run(meter.fidelity())))
        }
        (View::Array(_), View::Array(_)) => {
            let mut kept = Array::default();
            let removed = right.own_array(meter)?.items;
            'items: for item in left.own_array(meter)?.items {
                for other in &removed {
                    meter.step()?;
                    if equal(&item, other, meter)? {
                        continue 'items;
                    }
                }
                kept.push(item, meter)?;
            }
            Ok(kept.into())
        }
        _ => Err(pair_error(&left, &right, meter, "cannot be subtracted")),
    }
}

pub(crate) fn multiply(left: Value, right: Value, meter: &Meter) -> Result<Value, Stop> {
    match (left.view(), right.view()) {
        (View::Number(left), View::Number(right)) => {
            Ok(Value::Number(left.multiply(right).in_run(meter.fidelity())))
        }
        (View::Text(text), View::Number(times)) | (View::Number(times), View::Text(text)) => {
            repeat(text.as_str(), times.as_f64(), meter)
        }
        (View::Object(_), View::Object(_)) => merge(left, right, meter),
        _ => Err(pair_error(&left, &right, meter, "cannot be multiplied")),
    }
}

fn repeat(text: &str, times: f64, meter: &Meter) -> Result<Value, Stop> {
    if times.is_nan() || times <= 0.0 {
        return Ok(Value::Null);
    }
    // The conversion saturates.
    let times = (times as usize).max(1);
    meter.build(text.len().saturating_mul(times))?;
    Ok(Value::text(text.repeat(times)))
}

/// Merges two objects, and the objects inside them.
fn merge(left: Value, right: Value, meter: &Meter) -> Result<Value, Stop> {
    let mut merged: Object = left.own_object(meter)?;
    for (key, value) in right.own_object(meter)?.members.into_entries() {
        meter.step()?;
        let value = match merged.members.get_mut(key.as_str()) {
            Some(old) if old.as_object().is_some() && value.as_object().is_some() => {
                merge(std::mem::replace(old, Value::Null), value, meter)?
            }
            _ => value,
        };
        merged.insert(key, value, meter)?;
    }
    Ok(merged.into())
}

pub(crate) fn divide(left: &Value, right: &Value, meter: &Meter) -> Result<Value, Stop> {
    match (left.view(), right.view()) {
        (View::Number(dividend), View::Number(divisor)) => {
            if divisor.as_f64() == 0.0 {
                let problem = "cannot be divided because the divisor is zero";
                return Err(pair_error(left, right, meter, problem));
            }
            Ok(Value::Number(dividend.divide(divisor).in_run(meter.fidelity())))
        }
        (View::Text(text), View::Text(separator)) => split(text, separator.as_str(), meter),
        _ => Err(pair_error(left, right, meter, "cannot be divided")),
    }
}

/// Splits a string. An empty separator splits it into characters.
pub(crate) fn split(text: &Text, separator: &str, meter: &Meter) -> Result<Value, Stop> {
    let whole = text.as_str();
    meter.read(whole.len() + separator.len())?;
    let mut parts = Vec::new();
    let mut push = |start: usize, end: usize| -> Result<(), Stop> {
        meter.build(ITEM_BYTES + end - start)?;
        parts.push(Value::Text(text.part(start..end)));
        Ok(())
    };
    if separator.is_empty() {
        for (at, character) in whole.char_indices() {
            push(at, at + character.len_utf8())?;
        }
    } else if !whole.is_empty() {
        let mut start = 0;
        for (at, _) in whole.match_indices(separator) {
            push(start, at)?;
            start = at + separator.len();
        }
        push(start, whole.len())?;
    }
    Ok(Value::array(parts)?)
}

pub(crate) fn remainder(left: &Value, right: &Value, meter: &Meter) -> Result<Value, Stop> {
    let problem = "cannot be divided (remainder)";
    let (View::Number(dividend), View::Number(divisor)) = (left.view(), right.view()) else {
        return Err(pair_error(left, right, meter, problem));
    };
    let zero = "cannot be divided (remainder) because the divisor is zero";
    let remainder = dividend.remainder(divisor).map(|it| it.in_run(meter.fidelity()));
    let remainder = remainder.map(Value::Number);
    remainder.ok_or_else(|| pair_error(left, right, meter, zero))
}

pub(crate) fn negate(value: &Value, meter: &Meter) -> Result<Value, Stop> {
    let number = value.as_number().map(Number::negate).map(Value::Number);
    number.ok_or_else(|| value_error(value, meter, "cannot be negated"))
}
