//! Reading parts of values: `.a`, `.[0]`, `.[1:3]`, `getpath`.

use std::ops::Range;

use super::{
    super::meter::{Exceeded, Meter},
    compare::equal,
    print::shown,
    stop::Stop,
    value::{ITEM_BYTES, Value, View},
};

/// Returns the part of a value at a key. A missing part is null.
pub(crate) fn get(target: &Value, key: &Value, meter: &Meter) -> Result<Value, Stop> {
    match (target.view(), key.view()) {
        (View::Object(_), View::Text(key)) => get_field(target, key.as_str(), meter),
        (View::Array(array), View::Number(index)) => {
            let index = index.as_index().and_then(|index| position(index, array.items.len()));
            Ok(index.and_then(|index| array.items.get(index)).cloned().unwrap_or(Value::Null))
        }
        (View::Null, View::Text(_) | View::Number(_) | View::Object(_)) => Ok(Value::Null),
        (View::Array(_) | View::Text(_), View::Object(_)) => slice(target, key, meter),
        (View::Array(array), View::Array(wanted)) => {
            indices_of_items(&array.items, &wanted.items, meter)
        }
        _ => Err(index_error(target, key, meter)?),
    }
}

/// Returns a member of an object. A missing member is null, and so is every member of null.
#[inline]
pub(crate) fn get_field(target: &Value, key: &str, meter: &Meter) -> Result<Value, Stop> {
    meter.read(key.len())?;
    if let Value::Lazy(lazy) = target
        && let Some(value) = lazy.found_field(key)
    {
        return Ok(value.clone());
    }
    if let Some(object) = target.written() {
        return Ok(object.position(key).map_or(Value::Null, |at| object.value(at)));
    }
    match target.view() {
        View::Object(object) => Ok(object.members.get(key).cloned().unwrap_or(Value::Null)),
        View::Null => Ok(Value::Null),
        _ => Err(index_error(target, &Value::text(key), meter)?),
    }
}

pub(crate) fn get_path(target: &Value, path: &[Value], meter: &Meter) -> Result<Value, Stop> {
    let mut part = target.clone();
    for key in path {
        meter.step()?;
        if matches!(part, Value::Null) && key.as_text().is_some() {
            continue;
        }
        part = get(&part, key, meter)?;
    }
    Ok(part)
}

/// Returns the error for a key that the value cannot have.
pub(crate) fn index_error(target: &Value, key: &Value, meter: &Meter) -> Result<Stop, Exceeded> {
    let kind = target.kind();
    let Some(key) = key.as_text() else {
        return Ok(Stop::public(format!("Cannot index {kind} with {}", key.kind())));
    };
    meter.build(key.as_str().len())?;
    Ok(Stop::error(
        format!("Cannot index {kind} with string \"{}\"", key.as_str()),
        format!("Cannot index {kind} with string"),
    ))
}

/// Returns the error for a value that has no items or members.
pub(crate) fn iterate_error(target: &Value, meter: &Meter) -> Stop {
    let kind = target.kind();
    Stop::error(
        format!("Cannot iterate over {kind} ({})", shown(target, meter)),
        format!("Cannot iterate over {kind}"),
    )
}

/// Returns the position of an index in an array of this length. A negative index counts from the end.
/// The position may be after the end.
pub(super) fn position(index: i64, length: usize) -> Option<usize> {
    if index < 0 {
        length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
    } else {
        usize::try_from(index).ok()
    }
}

fn slice(target: &Value, key: &Value, meter: &Meter) -> Result<Value, Stop> {
    match target.view() {
        View::Array(array) => {
            let range = slice_range(key, array.items.len())?;
            meter.build(range.len() * ITEM_BYTES)?;
            Ok(Value::array(array.items[range].to_vec())?)
        }
        View::Text(text) => {
            let whole = text.as_str();
            meter.read(whole.len())?;
            let is_ascii = whole.is_ascii();
            let length = if is_ascii { whole.len() } else { whole.chars().count() };
            let mut range = slice_range(key, length)?;
            if !is_ascii {
                let byte = |at| whole.char_indices().nth(at).map_or(whole.len(), |(at, _)| at);
                range = byte(range.start)..byte(range.end);
            }
            meter.build(range.len())?;
            Ok(Value::Text(text.part(range)))
        }
        _ => Err(index_error(target, key, meter)?),
    }
}

/// Returns the range of a slice `{"start": …, "end": …}` of an array or string of this length.
pub(super) fn slice_range(key: &Value, length: usize) -> Result<Range<usize>, Stop> {
    let bound = |name| {
        let bound = key.as_object().and_then(|members| members.get(name));
        match bound {
            Some(Value::Null) => Ok(None),
            Some(Value::Number(number)) => Ok(Some(number.as_f64())),
            _ => Err(Stop::public("Start and end indices of an array slice must be numbers")),
        }
    };
    let full = length as f64;
    let place = |bound: f64| if bound < 0.0 { bound + full } else { bound }.clamp(0.0, full);
    let start = place(bound("start")?.unwrap_or(0.0));
    let end = place(bound("end")?.unwrap_or(full)).max(start);
    // A NaN becomes 0.
    let (start, end) = (start.floor() as usize, end.ceil() as usize);
    Ok(start.min(end)..end)
}

/// Returns the positions at which `wanted` begins in `items`.
fn indices_of_items(items: &[Value], wanted: &[Value], meter: &Meter) -> Result<Value, Stop> {
    let mut found = Vec::new();
    if !wanted.is_empty() {
        'places: for (place, window) in items.windows(wanted.len()).enumerate() {
            for (item, wanted) in window.iter().zip(wanted) {
                meter.step()?;
                if !equal(item, wanted, meter)? {
                    continue 'places;
                }
            }
            meter.build(ITEM_BYTES)?;
            found.push(Value::count(place));
        }
    }
    Ok(Value::array(found)?)
}
