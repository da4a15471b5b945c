//! Changing parts of values: assignment and `setpath`.

use super::{
    super::meter::Meter,
    index::{get, index_error, position, slice_range},
    stop::Stop,
    value::{ITEM_BYTES, Value, View, WrittenObject},
    written::is_short_key,
};

/// Replaces the part at a path by the result of `change`.
pub(crate) fn change_path(
    target: Value,
    path: &[Value],
    meter: &Meter,
    change: &mut dyn FnMut(Value) -> Result<Value, Stop>,
) -> Result<Value, Stop> {
    match path.split_first() {
        None => change(target),
        Some((key, rest)) => {
            meter.check_stack()?;
            change_part(target, key, meter, &mut |part| change_path(part, rest, meter, change))
        }
    }
}

/// Replaces the part at a key by the result of `change`. A missing part is null before the change.
pub(crate) fn change_part(
    target: Value,
    key: &Value,
    meter: &Meter,
    change: &mut dyn FnMut(Value) -> Result<Value, Stop>,
) -> Result<Value, Stop> {
    meter.step()?;
    let target = match key {
        Value::Text(name) if is_short_key(name) => {
            match target.change_written(meter, |object| object.change(name, meter, &mut *change))? {
                Ok(changed) => return Ok(changed),
                Err(other) => other,
            }
        }
        _ => target,
    };
    match (target.view(), key.view()) {
        (View::Object(_) | View::Null, View::Text(name)) => {
            // Two searches for the name.
            meter.read(2 * name.as_str().len())?;
            let mut object = target.own_object(meter)?;
            let Some(part) = object.members.get_mut(name.as_str()) else {
                object.insert(name.clone(), change(Value::Null)?, meter)?;
                return Ok(object.into());
            };
            // Take the part out of its object, so that the change needs no copy of it.
            let new = change(std::mem::replace(part, Value::Null))?;
            object.raise(&new)?;
            if let Some(part) = object.members.get_mut(name.as_str()) {
                *part = new;
            }
            Ok(object.into())
        }
        (View::Array(array), View::Number(index)) => {
            let length = array.items.len();
            let place = index.as_index().and_then(|index| position(index, length));
            let Some(place) = place.filter(|&place| place < length) else {
                let new = change(get(&target, key, meter)?)?;
                return set(target, key, new, meter);
            };
            let mut array = target.own_array(meter)?;
            let new = change(std::mem::replace(&mut array.items[place], Value::Null))?;
            array.raise(&new)?;
            array.items[place] = new;
            Ok(array.into())
        }
        _ => {
            let new = change(get(&target, key, meter)?)?;
            set(target, key, new, meter)
        }
    }
}

/// Sets the part at a key.
pub(crate) fn set(target: Value, key: &Value, value: Value, meter: &Meter) -> Result<Value, Stop> {
    let target = match key {
        Value::Text(name) if is_short_key(name) && target.written().is_some() => {
            let set = |object: &mut WrittenObject| object.change(name, meter, |_| Ok(value));
            return Ok(target.change_written::<Stop>(meter, set)?.unwrap_or_else(|other| other));
        }
        _ => target,
    };
    match (target.view(), key.view()) {
        (View::Object(_) | View::Null, View::Text(name)) => {
            let mut object = target.own_object(meter)?;
            object.insert(name.clone(), value, meter)?;
            Ok(object.into())
        }
        (View::Array(_) | View::Null, View::Number(index)) => {
            let mut array = target.own_array(meter)?;
            // The conversion saturates.
            let place = position(index.as_f64() as i64, array.items.len())
                .ok_or_else(|| Stop::public("Out of bounds negative array index"))?;
            if let Some(missing) = place.checked_sub(array.items.len()) {
                meter.build(missing.saturating_add(1).saturating_mul(ITEM_BYTES))?;
                array.items.resize(place + 1, Value::Null);
            }
            array.raise(&value)?;
            array.items[place] = value;
            Ok(array.into())
        }
        (View::Array(_) | View::Null, View::Object(_)) => {
            let mut array = target.own_array(meter)?;
            let range = slice_range(key, array.items.len())?;
            if value.as_array().is_none() {
                let message = "A slice of an array can only be assigned another array";
                return Err(Stop::public(message));
            }
            let new = value.own_array(meter)?.items;
            meter.build(new.len() * ITEM_BYTES)?;
            // The items after the slice move.
            meter.steps((array.items.len() - range.start) / 8)?;
            for item in &new {
                array.raise(item)?;
            }
            array.items.splice(range, new);
            Ok(array.into())
        }
        (View::Text(_), View::Object(_)) => {
            Err(Stop::public("Cannot update field at object index of string"))
        }
        _ => Err(index_error(&target, key, meter)?),
    }
}
