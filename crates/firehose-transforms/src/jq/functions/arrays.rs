//! Functions of arrays.

use std::cmp::Ordering;

use memchr::memmem::Finder;

use super::{
    super::{
        meter::Meter,
        values::{
            arithmetic::{self, pair_error, value_error},
            compare::{compare, equal},
            index::{get, iterate_error},
            number::Number,
            sort::sort_by_keys,
            stop::Stop,
            text::Text,
            value::{Array, Value, View},
        },
    },
    types::length,
};

pub(crate) fn add(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let values = children(&input, meter)?;
    if let Some(text) = arithmetic::joined_texts(&values, meter)? {
        return Ok(text);
    }
    let mut sum = Value::Null;
    for value in values {
        meter.step()?;
        sum = arithmetic::add(sum, value, meter)?;
    }
    Ok(sum)
}

/// Returns the items of an array or the values of an object.
pub(crate) fn children(input: &Value, meter: &Meter) -> Result<Vec<Value>, Stop> {
    match input.view() {
        View::Array(_) => {
            let items = input.as_array().unwrap_or_default();
            meter.steps(items.len())?;
            Ok(items.to_vec())
        }
        View::Object(_) => {
            let entries = input.as_object().map(|it| it.entries()).unwrap_or_default();
            meter.steps(entries.len())?;
            Ok(entries.iter().map(|(_, value)| value.clone()).collect())
        }
        _ => Err(iterate_error(input, meter)),
    }
}

/// Returns the items of an array, each with itself as the key.
pub(crate) fn items_to_sort(input: &Value, meter: &Meter) -> Result<Vec<(Value, Value)>, Stop> {
    let not_array = || value_error(input, meter, "cannot be sorted, as it is not an array");
    let items = input.as_array().ok_or_else(not_array)?;
    Ok(items.iter().map(|item| (item.clone(), item.clone())).collect())
}

pub(crate) fn sort(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    sorted(items_to_sort(&input, meter)?, meter)
}

/// Returns the array of the values in the order of their keys.
pub(crate) fn sorted(items: Vec<(Value, Value)>, meter: &Meter) -> Result<Value, Stop> {
    let items = sort_by_keys(items, meter)?;
    collect(items.into_iter().map(|(_, item)| item), meter)
}

/// Returns the values grouped by their keys, in the order of the keys.
pub(crate) fn grouped(items: Vec<(Value, Value)>, meter: &Meter) -> Result<Vec<Array>, Stop> {
    let mut groups: Vec<(Value, Array)> = Vec::new();
    for (key, item) in sort_by_keys(items, meter)? {
        meter.step()?;
        match groups.last_mut() {
            Some((last, group)) if equal(last, &key, meter)? => group.push(item, meter)?,
            _ => {
                let mut group = Array::default();
                group.push(item, meter)?;
                groups.push((key, group));
            }
        }
    }
    Ok(groups.into_iter().map(|(_, group)| group).collect())
}

/// Returns the first value of each group.
pub(crate) fn firsts(groups: Vec<Array>, meter: &Meter) -> Result<Value, Stop> {
    collect(groups.into_iter().filter_map(|group| group.into_first()), meter)
}

pub(crate) fn unique(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let items = children(&input, meter)?;
    if input.as_array().is_none() {
        // jq fails when it groups the value by its keys. The message shows the keys, each in an
        // array.
        let keys = items.into_iter().map(|item| Value::array(vec![item]));
        let keys = Value::array(keys.collect::<Result<_, _>>()?)?;
        let problem = "cannot be sorted, as they are not both arrays";
        return Err(pair_error(&input, &keys, meter, problem));
    }
    let items = items.into_iter().map(|item| (item.clone(), item)).collect();
    firsts(grouped(items, meter)?, meter)
}

/// Returns the first of the values with the least key if `wanted` is `Less`, or the last of the
/// values with the greatest key if `wanted` is `Greater`.
pub(crate) fn extreme(
    items: Vec<(Value, Value)>,
    wanted: Ordering,
    meter: &Meter,
) -> Result<Value, Stop> {
    let mut best: Option<(Value, Value)> = None;
    for item in items {
        meter.step()?;
        let is_better = match &best {
            None => true,
            Some(best) => {
                let order = compare(&item.0, &best.0, meter)?;
                order == wanted || (order.is_eq() && wanted == Ordering::Greater)
            }
        };
        if is_better {
            best = Some(item);
        }
    }
    Ok(best.map_or(Value::Null, |(_, item)| item))
}

pub(crate) fn min(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    extreme(items_to_compare(&input, meter)?, Ordering::Less, meter)
}

pub(crate) fn max(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    extreme(items_to_compare(&input, meter)?, Ordering::Greater, meter)
}

fn items_to_compare(input: &Value, meter: &Meter) -> Result<Vec<(Value, Value)>, Stop> {
    let not_array = || pair_error(input, input, meter, "cannot be iterated over");
    let items = input.as_array().ok_or_else(not_array)?;
    Ok(items.iter().map(|item| (item.clone(), item.clone())).collect())
}

pub(crate) fn reverse(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    match input.view() {
        View::Array(_) => {
            let items = input.as_array().unwrap_or_default();
            collect(items.iter().rev().cloned(), meter)
        }
        View::Null => Ok(Array::default().into()),
        View::Number(number) if number.as_f64() == 0.0 => Ok(Array::default().into()),
        View::Text(text) if text.as_str().is_empty() => Ok(Array::default().into()),
        View::Object(_) if input.as_object().is_some_and(|it| it.len() == 0) => {
            Ok(Array::default().into())
        }
        View::Bool(_) => Err(value_error(&input, meter, "has no length")),
        // jq reads the items by their indexes, so that the error is that of `.[0]`.
        _ => get(&input, &Value::count(0), meter),
    }
}

pub(crate) fn flatten(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let levels = match arguments.first() {
        None => f64::INFINITY,
        Some(Value::Number(levels)) if levels.as_f64() < 0.0 => {
            return Err(Stop::public("flatten depth must not be negative"));
        }
        Some(Value::Number(levels)) => levels.as_f64(),
        Some(_) => return Err(Stop::public("flatten depth must be a number")),
    };
    let mut flat = Array::default();
    flatten_into(&mut flat, children(&input, meter)?, levels, meter)?;
    Ok(flat.into())
}

fn flatten_into(
    flat: &mut Array,
    items: Vec<Value>,
    levels: f64,
    meter: &Meter,
) -> Result<(), Stop> {
    for item in items {
        meter.step()?;
        match item.as_array() {
            Some(items) if levels > 0.0 => {
                flatten_into(flat, items.to_vec(), levels - 1.0, meter)?;
            }
            _ => flat.push(item, meter)?,
        }
    }
    Ok(())
}

pub(crate) fn transpose(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let rows = children(&input, meter)?;
    let mut width = 0.0_f64;
    for row in &rows {
        let length = length(meter, row.clone(), &[])?;
        width = width.max(length.as_number().map_or(0.0, Number::as_f64));
    }
    if input.as_array().is_none() {
        // jq reads the rows by their indexes, so that the error is that of `.[0]`.
        if rows.is_empty() {
            return Err(Stop::public("Range bounds must be numeric"));
        }
        return if width > 0.0 {
            get(&input, &Value::count(0), meter)
        } else {
            Ok(Array::default().into())
        };
    }
    let mut lists: Vec<&[Value]> = Vec::with_capacity(rows.len());
    for row in &rows {
        match row.view() {
            View::Array(_) => lists.push(row.as_array().unwrap_or_default()),
            View::Null => lists.push(&[]),
            _ if width > 0.0 => return get(row, &Value::count(0), meter),
            _ => {}
        }
    }
    let width = lists.iter().map(|list| list.len()).max().unwrap_or(0);
    let mut columns = Array::default();
    for place in 0..width {
        let column = lists.iter().map(|list| list.get(place).cloned().unwrap_or(Value::Null));
        columns.push(collect(column, meter)?, meter)?;
    }
    Ok(columns.into())
}

/// Returns the index of a value in a sorted array, or `-1 - index` for the index at which to insert
/// it.
pub(crate) fn bsearch(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let Some(items) = input.as_array() else {
        let length = length(meter, input.clone(), &[])?;
        return match length.as_number().map(Number::as_f64) {
            Some(0.0) => Ok(Value::Number(Number::Int(-1))),
            // jq reads the items by their indexes, so that the error is that of `.[0]`.
            _ => get(&input, &Value::count(0), meter),
        };
    };
    // Compares the same items as jq, so that the search finds the same one of several equal items.
    let (mut start, mut end) = (0, items.len());
    while start < end {
        meter.step()?;
        let middle = start.midpoint(end - 1);
        match compare(&items[middle], &arguments[0], meter)? {
            Ordering::Equal => return Ok(Value::count(middle)),
            Ordering::Less => start = middle + 1,
            Ordering::Greater => end = middle,
        }
    }
    arithmetic::subtract(Value::Number((-1.0).into()), Value::count(start), meter)
}

pub(crate) fn indices(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let wanted = &arguments[0];
    match (input.view(), wanted.view()) {
        (View::Array(_), View::Array(_)) => get(&input, wanted, meter),
        (View::Array(_), _) => get(&input, &Value::array(vec![wanted.clone()])?, meter),
        (View::Text(text), View::Text(wanted)) => text_indices(text, wanted, meter),
        _ => get(&input, wanted, meter),
    }
}

/// Returns the offsets of a text in another, with overlaps, and in bytes as in jq 1.6.
fn text_indices(text: &Text, wanted: &Text, meter: &Meter) -> Result<Value, Stop> {
    let (text, wanted) = (text.as_str(), wanted.as_str());
    let mut found = Array::default();
    if wanted.is_empty() {
        return Ok(found.into());
    }
    meter.read(text.len() + wanted.len())?;
    let finder = Finder::new(wanted);
    let mut start = 0;
    while let Some(at) = finder.find(&text.as_bytes()[start..]) {
        found.push(Value::count(start + at), meter)?;
        // A search reads the text up to the end of its match, or twice as far.
        meter.steps(1 + (at + 2 * wanted.len()) / 64)?;
        start = text.ceil_char_boundary(start + at + 1);
    }
    Ok(found.into())
}

fn collect(items: impl Iterator<Item = Value>, meter: &Meter) -> Result<Value, Stop> {
    let mut array = Array::default();
    for item in items {
        meter.step()?;
        array.push(item, meter)?;
    }
    Ok(array.into())
}
