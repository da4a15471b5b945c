//! jq's order of values: null, false, true, numbers, strings, arrays, objects.

use std::cmp::Ordering;

use super::{
    super::meter::{Exceeded, Meter},
    members::Members,
    value::{Value, View},
};

/// Compares two values.
pub(crate) fn compare(left: &Value, right: &Value, meter: &Meter) -> Result<Ordering, Exceeded> {
    match (left.view(), right.view()) {
        (View::Number(left), View::Number(right)) => Ok(left.compare(right)),
        (View::Text(left), View::Text(right)) => {
            meter.steps(1 + left.as_str().len().min(right.as_str().len()) / 64)?;
            Ok(left.as_str().cmp(right.as_str()))
        }
        (View::Array(left), View::Array(right)) => {
            for (left, right) in left.items.iter().zip(&right.items) {
                meter.step()?;
                match compare(left, right, meter)? {
                    Ordering::Equal => {}
                    unequal => return Ok(unequal),
                }
            }
            Ok(left.items.len().cmp(&right.items.len()))
        }
        (View::Object(left), View::Object(right)) => {
            compare_members(&left.members, &right.members, meter)
        }
        (left, right) => Ok(rank(left).cmp(&rank(right))),
    }
}

/// Returns true if the values are equal. NaN equals nothing.
pub(crate) fn equal(left: &Value, right: &Value, meter: &Meter) -> Result<bool, Exceeded> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Ok(left == right),
        _ => Ok(compare(left, right, meter)?.is_eq()),
    }
}

/// Compares the sorted keys of two objects, and then their values in the order of the keys.
fn compare_members(
    left: &Members<Value>,
    right: &Members<Value>,
    meter: &Meter,
) -> Result<Ordering, Exceeded> {
    meter.steps(left.len() + right.len())?;
    let (left, right) = (sorted_entries(left), sorted_entries(right));
    let keys = |entries: &[(&str, &Value)]| entries.iter().map(|(key, _)| key.len()).sum::<usize>();
    meter.steps((keys(&left) + keys(&right)) / 64)?;
    let order = left.iter().map(|entry| entry.0).cmp(right.iter().map(|entry| entry.0));
    if order.is_ne() {
        return Ok(order);
    }
    for ((_, left), (_, right)) in left.into_iter().zip(right) {
        match compare(left, right, meter)? {
            Ordering::Equal => {}
            unequal => return Ok(unequal),
        }
    }
    Ok(Ordering::Equal)
}

/// Returns the entries of an object in the order of their keys.
pub(crate) fn sorted_entries(members: &Members<Value>) -> Vec<(&str, &Value)> {
    let entries = members.entries().iter().map(|(key, value)| (key.as_str(), value));
    let mut entries: Vec<_> = entries.collect();
    entries.sort_unstable_by_key(|entry| entry.0);
    entries
}

fn rank(value: View<'_>) -> u8 {
    match value {
        View::Null => 0,
        View::Bool(false) => 1,
        View::Bool(true) => 2,
        View::Number(_) => 3,
        View::Text(_) => 4,
        View::Array(_) => 5,
        View::Object(_) => 6,
    }
}
