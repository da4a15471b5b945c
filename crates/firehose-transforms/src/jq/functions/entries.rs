//! Functions of keys and paths: `keys`, `to_entries`, `from_entries`, `setpath`, `delpaths`.

use super::{
    super::{
        meter::Meter,
        values::{
            arithmetic::value_error,
            change::change_path,
            compare::sorted_entries,
            delete,
            index::get_field,
            print::shown,
            stop::Stop,
            value::{Array, Object, Value, View},
        },
    },
    arrays::children,
};

/// Returns the error for a key of an object that is not a string.
pub(crate) fn key_error(key: &Value, meter: &Meter) -> Stop {
    let kind = key.kind();
    Stop::error(
        format!("Cannot use {kind} ({}) as object key", shown(key, meter)),
        format!("Cannot use {kind} as object key"),
    )
}

pub(crate) fn keys(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let Some(members) = input.as_object() else { return keys_unsorted(meter, input, &[]) };
    let mut keys = Array::default();
    for (key, _) in sorted_entries(members, meter)? {
        keys.push(Value::text(key), meter)?;
        meter.build(key.len())?;
    }
    Ok(keys.into())
}

pub(crate) fn keys_unsorted(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let mut keys = Array::default();
    match input.view() {
        View::Object(_) => {
            for (key, _) in input.as_object().map(|it| it.entries()).unwrap_or_default() {
                meter.step()?;
                keys.push(Value::Text(key.clone()), meter)?;
            }
        }
        View::Array(_) => {
            for place in 0..input.as_array().map_or(0, <[_]>::len) {
                meter.step()?;
                keys.push(Value::count(place), meter)?;
            }
        }
        _ => return Err(value_error(&input, meter, "has no keys")),
    }
    Ok(keys.into())
}

pub(crate) fn to_entries(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let mut entries = Array::default();
    let mut push = |key: Value, value: &Value| -> Result<(), Stop> {
        meter.step()?;
        let mut entry = Object::default();
        entry.insert("key".into(), key, meter)?;
        entry.insert("value".into(), value.clone(), meter)?;
        Ok(entries.push(entry.into(), meter)?)
    };
    match input.view() {
        View::Object(_) => {
            for (key, value) in input.as_object().map(|it| it.entries()).unwrap_or_default() {
                push(Value::Text(key.clone()), value)?;
            }
        }
        View::Array(_) => {
            for (place, value) in input.as_array().unwrap_or_default().iter().enumerate() {
                push(Value::count(place), value)?;
            }
        }
        _ => return Err(value_error(&input, meter, "has no keys")),
    }
    Ok(entries.into())
}

pub(crate) fn from_entries(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let mut object = Object::default();
    for entry in children(&input, meter)? {
        meter.step()?;
        let mut key = Value::Null;
        for name in ["key", "Key", "name", "Name"] {
            key = get_field(&entry, name, meter)?;
            if key.is_true() {
                break;
            }
        }
        let members = entry.as_object();
        let member = |name| members.and_then(|members| members.get(name));
        let value = member("value").or_else(|| member("Value"));
        let value = value.cloned().unwrap_or(Value::Null);
        let Value::Text(key) = key else { return Err(key_error(&key, meter)) };
        object.insert(key, value, meter)?;
    }
    Ok(object.into())
}

pub(crate) fn set_path(meter: &Meter, input: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let path = path_of(&arguments[0])?;
    change_path(input, path, meter, &mut |_| Ok(arguments[1].clone()))
}

pub(crate) fn delete_paths(
    meter: &Meter,
    input: Value,
    arguments: &[Value],
) -> Result<Value, Stop> {
    let paths = arguments[0].as_array();
    let paths = paths.ok_or_else(|| Stop::public("Paths must be specified as an array"))?;
    meter.steps(paths.len())?;
    delete::delete_paths(input, paths.to_vec(), meter)
}

/// Returns the keys of a path.
pub(crate) fn path_of(path: &Value) -> Result<&[Value], Stop> {
    path.as_array().ok_or_else(|| Stop::public("Path must be specified as an array"))
}

/// Returns the events of `tostream`: the path and the value of each scalar and of each empty array or
/// object, and after every other array or object the path of its last member.
pub(crate) fn events(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let mut events = Array::default();
    add_events(&input, &mut Vec::new(), &mut events, meter)?;
    Ok(events.into())
}

fn add_events(
    value: &Value,
    path: &mut Vec<Value>,
    events: &mut Array,
    meter: &Meter,
) -> Result<(), Stop> {
    meter.step()?;
    // Each event has a copy of its path.
    meter.build((path.len() + 1) * size_of::<Value>())?;
    let children: Vec<(Value, &Value)> = match value.view() {
        View::Array(_) => {
            let items = value.as_array().unwrap_or_default().iter().enumerate();
            items.map(|(place, item)| (Value::count(place), item)).collect()
        }
        View::Object(_) => {
            let entries = value.as_object().map(|it| it.entries()).unwrap_or_default().iter();
            entries.map(|(key, member)| (Value::Text(key.clone()), member)).collect()
        }
        _ => Vec::new(),
    };
    let Some(last) = children.last().map(|(key, _)| key.clone()) else {
        let event = vec![Value::array(path.clone())?, value.clone()];
        return Ok(events.push(Value::array(event)?, meter)?);
    };
    for (key, child) in children {
        path.push(key);
        add_events(child, path, events, meter)?;
        path.pop();
    }
    path.push(last);
    let end = Value::array(path.clone())?;
    path.pop();
    Ok(events.push(Value::array(vec![end])?, meter)?)
}
