use std::{fs, path::Path};

use serde_json::{Map, Value, json};

use super::built_in_samples::json_object;

/// The most files of a function's code that are read.
const MAX_FILES: usize = 20;

/// The longest file that is read, in bytes. A bundle with its libraries is longer.
const MAX_BYTES: u64 = 128 * 1024;

/// The most names in one chain of names, such as `event.detail.order.id`.
const MAX_DEPTH: usize = 6;

/// Returns JSON objects with the fields that code in JavaScript reads: the usual fields, and each chain of
/// names in the code as nested objects. An error of Node.js does not name the field that is missing.
pub(super) fn objects_of_code(folder: &Path) -> Vec<Value> {
    let texts = source_texts(folder);
    let chains: Vec<_> = texts.iter().flat_map(|text| chains(text)).collect();
    if chains.is_empty() {
        return Vec::new();
    }
    let object = |value: Value| {
        let mut object = json_object(1);
        for chain in &chains {
            insert(&mut object, chain, &value);
        }
        object
    };
    vec![object(json!("text")), object(json!(1))]
}

fn source_texts(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    let is_source = |path: &&std::path::PathBuf| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        let is_short = path.metadata().is_ok_and(|file| file.is_file() && file.len() <= MAX_BYTES);
        matches!(ending, Some("js" | "mjs" | "cjs")) && is_short
    };
    let sources = paths.iter().filter(is_source).take(MAX_FILES);
    sources.filter_map(|path| fs::read_to_string(path).ok()).collect()
}

/// Returns the chains of names behind a variable, without a method at the end: `tenant`, `id` for
/// `decoded.tenant.id`, and nothing for `records.map(`.
fn chains(text: &str) -> Vec<Vec<&str>> {
    let is_name = |it: char| it.is_alphanumeric() || matches!(it, '_' | '$');
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_name) {
        rest = &rest[start..];
        let is_number = rest.starts_with(|it: char| it.is_ascii_digit());
        let mut names = Vec::new();
        loop {
            let end = rest.find(|it| !is_name(it)).unwrap_or(rest.len());
            names.push(&rest[..end]);
            rest = &rest[end..];
            let after = rest.strip_prefix("?.").or_else(|| rest.strip_prefix('.'));
            match after.filter(|after| after.starts_with(is_name)) {
                Some(after) => rest = after,
                None => break,
            }
        }
        if rest.trim_start().starts_with('(') {
            names.pop();
        }
        if !is_number && names.len() > 1 && names.len() <= MAX_DEPTH {
            found.push(names.split_off(1));
        }
    }
    found
}

/// Inserts a value at a path, and makes the objects on the way. Keeps fields that are there.
fn insert(object: &mut Value, path: &[&str], value: &Value) {
    let (Some((first, rest)), Some(members)) = (path.split_first(), object.as_object_mut()) else {
        return;
    };
    let is_last = rest.is_empty() || *first == "length";
    let member = members.entry(*first).or_insert_with(|| match is_last {
        true => value.clone(),
        false => Value::Object(Map::new()),
    });
    if is_last {
        return;
    }
    // A text that has fields in another place of the code is an object.
    if member == value {
        *member = Value::Object(Map::new());
    }
    insert(member, rest, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_of_names_are_fields() {
        let code =
            "const d = JSON.parse(x); use(d.metric, d.tenant?.id, d.order.items.map(f), 1.5);";
        let expected = [vec!["metric"], vec!["tenant", "id"], vec!["order", "items"]];
        assert_eq!(chains(code), expected);
    }

    #[test]
    fn fields_become_nested_objects() {
        let mut object = json!({"usual": 1});
        for path in [&["a"][..], &["a", "b"], &["usual", "c"], &["e", "f", "g"]] {
            insert(&mut object, path, &json!("text"));
        }
        assert_eq!(object, json!({"usual": 1, "a": {"b": "text"}, "e": {"f": {"g": "text"}}}));
    }

    #[test]
    fn code_is_read_from_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(objects_of_code(folder.path()), [Value::Null; 0]);
        fs::write(folder.path().join("app.mjs"), "d.plant.line").unwrap();
        fs::write(folder.path().join("app.py"), "d.other").unwrap();
        let objects = objects_of_code(folder.path());
        assert_eq!(objects[0]["plant"]["line"], "text");
        assert_eq!(objects[1]["plant"]["line"], 1);
        assert!(objects[0].get("other").is_none() && objects[0].get("temperature").is_some());
    }
}
