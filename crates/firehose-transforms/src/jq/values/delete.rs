//! Deleting parts of values: `del` and `delpaths`.

use std::collections::HashSet;

use super::{
    super::meter::Meter,
    change::set,
    compare::equal,
    index::{get, position, slice_range},
    sort::sort_by_keys,
    stop::Stop,
    text::Text,
    value::{Value, View},
};

/// Deletes the parts at all paths. A value that has none of the parts keeps its text.
pub(crate) fn delete_paths(target: Value, paths: Vec<Value>, meter: &Meter) -> Result<Value, Stop> {
    if let Some(path) = paths.iter().find(|path| path.as_array().is_none()) {
        let kind = path.kind();
        return Err(Stop::public(format!("Path must be specified as array, not {kind}")));
    }
    let mut sorted: Vec<_> = paths.into_iter().map(|path| (path, ())).collect();
    if sorted.len() > 1 {
        sorted = sort_by_keys(sorted, meter)?;
    }
    let paths: Vec<&[Value]> = sorted.iter().filter_map(|(path, ())| path.as_array()).collect();
    match paths.first() {
        None => Ok(target),
        Some([]) => Ok(Value::Null),
        Some(_) => delete_sorted(target, &paths, meter),
    }
}

/// Deletes the parts at sorted paths, none of which is empty.
fn delete_sorted(mut target: Value, paths: &[&[Value]], meter: &Meter) -> Result<Value, Stop> {
    meter.check_stack()?;
    let mut deleted = Vec::new();
    let mut rest = paths;
    while let Some(first) = rest.first() {
        let key = &first[0];
        let mut count = 1;
        while count < rest.len() && equal(&rest[count][0], key, meter)? {
            meter.step()?;
            count += 1;
        }
        let (group, others) = rest.split_at(count);
        rest = others;
        meter.step()?;
        if first.len() == 1 {
            // The whole part is deleted, so paths into it have no effect.
            deleted.push(key);
            continue;
        }
        let part = get(&target, key, meter)?;
        if matches!(part, Value::Null) {
            continue;
        }
        let inner: Vec<_> = group.iter().map(|path| &path[1..]).collect();
        let changed = delete_sorted(part.clone(), &inner, meter)?;
        if !changed.is_same(&part) {
            target = set(target, key, changed, meter)?;
        }
    }
    delete_keys(target, &deleted, meter)
}

/// Deletes the members with these names from an object of the record. Returns any other value
/// unchanged, as the inner error.
pub(crate) fn delete_written(
    target: Value,
    names: &[&str],
    meter: &Meter,
) -> Result<Result<Value, Value>, Stop> {
    let Some(object) = target.written() else { return Ok(Err(target)) };
    meter.steps(names.len())?;
    if names.iter().all(|name| object.position(name).is_none()) {
        return Ok(Ok(target));
    }
    target.change_written(meter, |object| {
        object.remove(names);
        Ok(())
    })
}

fn delete_keys(mut target: Value, keys: &[&Value], meter: &Meter) -> Result<Value, Stop> {
    if keys.is_empty() {
        return Ok(target);
    }
    let names: Option<Vec<_>> = keys.iter().map(|key| key.as_text().map(Text::as_str)).collect();
    if let Some(names) = &names {
        target = match delete_written(target, names, meter)? {
            Ok(deleted) => return Ok(deleted),
            Err(other) => other,
        };
    }
    match target.view() {
        View::Null => Ok(target),
        View::Array(array) => {
            let length = array.items.len();
            let mut deleted = HashSet::new();
            for key in keys {
                match key.view() {
                    View::Number(index) => {
                        deleted.extend(position(index.as_f64() as i64, length));
                    }
                    View::Object(_) => {
                        let range = slice_range(key, length)?;
                        meter.steps(range.len())?;
                        deleted.extend(range);
                    }
                    _ => {
                        let kind = key.kind();
                        return Err(Stop::public(format!("Cannot delete {kind} element of array")));
                    }
                }
            }
            if deleted.iter().all(|&place| place >= length) {
                return Ok(target);
            }
            meter.steps(length)?;
            let mut array = target.own_array(meter)?;
            let mut places = 0..;
            array.items.retain(|_| places.next().is_none_or(|place| !deleted.contains(&place)));
            Ok(array.into())
        }
        View::Object(object) => {
            if let Some(key) = keys.iter().find(|key| key.as_text().is_none()) {
                let kind = key.kind();
                return Err(Stop::public(format!("Cannot delete {kind} field of object")));
            }
            // The keys are sorted, as their paths are.
            let names = names.unwrap_or_default();
            meter.read(names.iter().map(|name| name.len()).sum())?;
            if names.iter().all(|name| object.members.get(name).is_none()) {
                return Ok(target);
            }
            meter.steps(object.members.len())?;
            let mut object = target.own_object(meter)?;
            let mut key_bytes = 0;
            object.members.retain(|key| {
                key_bytes += key.len();
                names.binary_search(&key).is_err()
            });
            meter.read(key_bytes.saturating_mul(1 + names.len().ilog2() as usize))?;
            Ok(object.into())
        }
        _ => Err(Stop::public(format!("Cannot delete fields from {}", target.kind()))),
    }
}
