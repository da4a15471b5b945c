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
            let (left, right) = (left.as_str(), right.as_str());
            meter.steps(1 + left.len().min(right.len()) / 64)?;
            Ok(left.cmp(right))
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
        (Value::Text(left), Value::Text(right)) => {
            let (left, right) = (left.as_str(), right.as_str());
            if left.len() == right.len() {
                meter.read(left.len())?;
            }
            Ok(left == right)
        }
        _ => Ok(compare(left, right, meter)?.is_eq()),
    }
}

/// Compares the sorted keys of two objects, and then their values in the order of the keys.
fn compare_members(
    left: &Members<Value>,
    right: &Members<Value>,
    meter: &Meter,
) -> Result<Ordering, Exceeded> {
    let (left, right) = (sorted_entries(left, meter)?, sorted_entries(right, meter)?);
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
pub(crate) fn sorted_entries<'v>(
    members: &'v Members<Value>,
    meter: &Meter,
) -> Result<Vec<(&'v str, &'v Value)>, Exceeded> {
    let count = members.len();
    meter.steps(count)?;
    let mut key_bytes = 0;
    let entries = members.entries().iter().map(|(key, value)| {
        key_bytes += key.as_str().len();
        (key.as_str(), value)
    });
    let mut entries: Vec<_> = entries.collect();
    // The sort compares each key about as often as the count has digits in binary.
    let comparisons = count.checked_ilog2().unwrap_or(0) as usize;
    meter.read(key_bytes.saturating_mul(comparisons + 1))?;
    entries.sort_unstable_by_key(|entry| entry.0);
    Ok(entries)
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
