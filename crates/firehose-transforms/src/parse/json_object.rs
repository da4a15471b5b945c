//! Reads or sets a member of a JSON object, and merges two objects. All other members keep their bytes.

use std::{borrow::Cow, collections::HashSet};

use json_scanner::{JsonScanner, JsonSyntaxError};

use crate::parse::{
    json_text::decoded_text,
    object_writer::{ObjectWriter, escaped_name},
};

/// Returns the value at a path, and checks that the text is a valid object. If several members have the
/// same name, the last one counts.
pub(crate) fn find<'a>(
    json: &'a str,
    names: &[String],
) -> Result<Option<&'a str>, JsonSyntaxError> {
    let mut found = None;
    for_each_member(json, |key, value| {
        if names.first().is_some_and(|name| is_named(key, name)) {
            found = Some(value);
        }
    })?;
    match (found, names) {
        (Some(value), [_, rest @ ..]) if !rest.is_empty() => {
            if value.starts_with('{') {
                find(value, rest)
            } else {
                Ok(None)
            }
        }
        _ => Ok(found),
    }
}

/// An error for a path through a member that is not an object.
#[derive(Debug)]
pub(crate) struct NotAnObject;

/// Writes the object with `value` at the path. Creates missing objects on the path, and replaces null on
/// the path with an object.
pub(crate) fn write_with(
    json: &str,
    names: &[String],
    value: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), NotAnObject> {
    let [name, rest @ ..] = names else {
        out.extend_from_slice(value);
        return Ok(());
    };
    // The caller has checked that the whole text is valid.
    let old = find(json, std::slice::from_ref(name)).ok().flatten();
    let old = match old {
        _ if rest.is_empty() => "",
        None | Some("null") => "{}",
        Some(object) if object.starts_with('{') => object,
        Some(_) => return Err(NotAnObject),
    };
    let mut result = Ok(());
    let mut is_written = false;
    let mut object = ObjectWriter::begin(out);
    let _ = for_each_member(json, |key, member| {
        if !is_named(key, name) {
            object.json(&key[1..key.len() - 1], member);
        } else if !is_written {
            is_written = true;
            object.value(&escaped_name(name), |out| result = write_with(old, rest, value, out));
        }
    });
    if !is_written {
        object.value(&escaped_name(name), |out| result = write_with(old, rest, value, out));
    }
    object.end();
    result
}

/// Writes the members of `json`, then the members of `added`. A member of `added` replaces all members of
/// `json` with the same name.
pub(crate) fn write_merged(json: &str, added: &str, out: &mut Vec<u8>) {
    let mut names = HashSet::new();
    let _ = for_each_member(added, |key, _| {
        names.insert(decoded_text(key).unwrap_or(Cow::Borrowed(key)));
    });
    let mut object = ObjectWriter::begin(out);
    let _ = for_each_member(json, |key, value| {
        if !decoded_text(key).is_some_and(|name| names.contains(&name)) {
            object.json(&key[1..key.len() - 1], value);
        }
    });
    let _ = for_each_member(added, |key, value| object.json(&key[1..key.len() - 1], value));
    object.end();
}

fn is_named(key: &str, name: &str) -> bool {
    decoded_text(key).is_some_and(|key| key == name)
}

fn for_each_member<'a>(
    json: &'a str,
    mut visit: impl FnMut(&'a str, &'a str),
) -> Result<(), JsonSyntaxError> {
    let mut scanner = JsonScanner::new(json);
    scanner.object()?;
    while let Some(key) = scanner.key()? {
        visit(key, scanner.value()?);
    }
    scanner.end()
}
