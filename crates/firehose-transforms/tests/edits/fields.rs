//! Properties of the module `fields`, checked against a simple model.

use std::collections::BTreeSet;

use firehose_transforms::{
    fields::{Cast, CastTo, Flatten, OnConflict, OnMismatch, Pick, Remove, Rename, SnakeCase},
    paths::{FieldPath, PathStep},
};
use proptest::prelude::*;

use crate::json_model::{Json, json_text, name_of, path_text};

/// Returns `true` if a step of a path selects the member with this key, or the item at this index.
fn leads_to(step: &PathStep, key: Option<&str>, index: usize) -> bool {
    match (step, key) {
        (PathStep::Member(name), Some(key)) => name_of(key).as_deref() == Some(&**name),
        (PathStep::Index(wanted), None) => *wanted == index,
        (PathStep::Each, _) => true,
        _ => false,
    }
}

/// Returns the remaining steps of each path that selects a member or an item of an object or array.
fn below<'a>(paths: &[&'a [PathStep]], key: Option<&str>, index: usize) -> Vec<&'a [PathStep]> {
    let leads = |path: &&&[PathStep]| path.first().is_some_and(|it| leads_to(it, key, index));
    paths.iter().filter(leads).map(|path| &path[1..]).collect()
}

/// Returns the value without the values at these paths, or `None` if a path selects the value itself.
fn removed(json: &Json, paths: &[&[PathStep]]) -> Option<Json> {
    if paths.iter().any(|path| path.is_empty()) {
        return None;
    }
    Some(match json {
        Json::Scalar(text) => Json::Scalar(text.clone()),
        Json::Array(items) => {
            let items = items.iter().enumerate();
            Json::Array(items.filter_map(|(at, it)| removed(it, &below(paths, None, at))).collect())
        }
        Json::Object(members) => {
            let members = members.iter().filter_map(|(key, value)| {
                Some((key.clone(), removed(value, &below(paths, Some(key), 0))?))
            });
            Json::Object(members.collect())
        }
    })
}

/// Returns the value with only the values at these paths, or `None` if no path selects a value.
fn picked(json: &Json, paths: &[&[PathStep]]) -> Option<Json> {
    if paths.iter().any(|path| path.is_empty()) {
        return Some(json.clone());
    }
    match json {
        Json::Scalar(_) => None,
        Json::Array(items) => {
            let items = items.iter().enumerate();
            let items: Vec<_> =
                items.filter_map(|(at, it)| picked(it, &below(paths, None, at))).collect();
            (!items.is_empty()).then_some(Json::Array(items))
        }
        Json::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .filter_map(|(key, value)| {
                    Some((key.clone(), picked(value, &below(paths, Some(key), 0))?))
                })
                .collect();
            (!members.is_empty()).then_some(Json::Object(members))
        }
    }
}

/// Returns the value with the members at these paths renamed.
fn renamed(json: &Json, paths: &[&[PathStep]], new: &str) -> Json {
    match json {
        Json::Scalar(text) => Json::Scalar(text.clone()),
        Json::Array(items) => {
            let items = items.iter().enumerate();
            Json::Array(items.map(|(at, it)| renamed(it, &below(paths, None, at), new)).collect())
        }
        Json::Object(members) => {
            let members = members.iter().map(|(key, value)| {
                let below = below(paths, Some(key), 0);
                let is_named = below.iter().any(|path| path.is_empty());
                let key = if is_named { format!("\"{new}\"") } else { key.clone() };
                (key, renamed(value, &below, new))
            });
            Json::Object(members.collect())
        }
    }
}

fn steps(paths: &[FieldPath]) -> Vec<&[PathStep]> {
    paths.iter().map(FieldPath::steps).collect()
}

fn parse_all(texts: &[String]) -> Vec<FieldPath> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn parsed(bytes: &[u8]) -> Json {
    Json::parse(str::from_utf8(bytes).unwrap()).unwrap()
}

proptest! {
    #[test]
    fn remove_keeps_all_other_bytes(
        (json, text) in json_text(), paths in prop::collection::vec(path_text(), 0..4)
    ) {
        let paths = parse_all(&paths);
        let output = Remove::new(paths.clone()).apply(&text.clone().into()).unwrap();
        let expected = removed(&json, &steps(&paths)).unwrap();
        prop_assert_eq!(parsed(&output), expected.clone());
        if expected == json {
            prop_assert_eq!(output, text);
        }
    }

    #[test]
    fn pick_keeps_the_bytes_of_named_fields(
        (json, text) in json_text(), paths in prop::collection::vec(path_text(), 0..4)
    ) {
        let paths = parse_all(&paths);
        let output = Pick::new(paths.clone()).apply(&text.into());
        let expected = match &json {
            Json::Scalar(_) => {
                prop_assert!(output.is_err());
                return Ok(());
            }
            Json::Array(_) => picked(&json, &steps(&paths)).unwrap_or(Json::Array(vec![])),
            Json::Object(_) => picked(&json, &steps(&paths)).unwrap_or(Json::Object(vec![])),
        };
        prop_assert_eq!(parsed(&output.unwrap()), expected);
    }

    #[test]
    fn rename_changes_only_keys(
        (json, text) in json_text(), paths in prop::collection::vec(path_text(), 0..4)
    ) {
        let ends_with_name = |path: &FieldPath| {
            matches!(path.steps().last(), Some(PathStep::Member(_)))
        };
        let paths: Vec<_> = parse_all(&paths).into_iter().filter(ends_with_name).collect();
        let add = |rename: Rename, path| rename.with_field(path, "new").unwrap();
        let rename = paths.iter().fold(Rename::new(), add);
        // Several fields of an object may get the name, so some texts are errors.
        let expected = renamed(&json, &steps(&paths), "new");
        match rename.apply(&text.clone().into()) {
            Ok(output) => prop_assert_eq!(parsed(&output), expected.clone()),
            Err(error) => {
                prop_assert!(error.to_string().contains("cannot be renamed to"));
                prop_assert!(paths.len() > 1);
            }
        }
        // With these variants, at most one field of an object gets the new name.
        for on_conflict in [OnConflict::Replace, OnConflict::Keep] {
            let output = rename.clone().with_on_conflict(on_conflict).apply(&text.clone().into());
            let output = output.unwrap();
            if rename.apply(&text.clone().into()).is_ok() {
                prop_assert_eq!(parsed(&output), expected.clone());
            } else {
                prop_assert_ne!(parsed(&output), expected.clone());
            }
        }
    }

    #[test]
    fn every_result_is_valid_json((_, text) in json_text(), path in path_text()) {
        let item = text.into();
        let path: FieldPath = path.parse().unwrap();
        for to in [CastTo::Text, CastTo::Integer, CastTo::Number, CastTo::Bool] {
            let cast = Cast::new().with_field(&path, to).with_on_mismatch(OnMismatch::Null);
            let output = cast.apply(&item).unwrap();
            parsed(&output);
            prop_assert_eq!(cast.apply(&output).unwrap(), output.clone(), "a second cast changes nothing");
        }
        for arrays in [false, true] {
            if let Ok(output) = Flatten::new().with_arrays(arrays).apply(&item) {
                let Json::Object(members) = parsed(&output) else { panic!("not an object") };
                for (_, value) in &members {
                    match value {
                        Json::Scalar(_) => {}
                        Json::Array(items) => prop_assert!(!arrays || items.is_empty()),
                        Json::Object(members) => prop_assert!(members.is_empty()),
                    }
                }
            }
        }
        if let Ok(output) = SnakeCase::new().apply(&item) {
            prop_assert_eq!(SnakeCase::new().apply(&output).unwrap(), output);
        }
    }

    #[test]
    fn any_text_is_rewritten_or_fails(text in r#"[\[\]{}",:ab0\\u \n]{0,30}"#, path in path_text()) {
        let is_valid = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        let remove = Remove::new([path.parse().unwrap()]);
        prop_assert_eq!(remove.apply(&text.into()).is_ok(), is_valid);
    }
}

#[test]
fn items_have_at_most_128_levels() {
    let nested = |levels: usize| format!("{}1{}", r#"{"a":["#.repeat(levels), "]}".repeat(levels));
    let deep = format!(".{}", "[]".repeat(127));
    for path in [".a", ".x", ".a[].a[].a", &deep] {
        let remove = Remove::new([path.parse().unwrap()]);
        assert!(remove.apply(&nested(64).into()).is_ok(), "{path}");
        let error = remove.apply(&nested(65).into()).unwrap_err().to_string();
        assert!(error.contains("expected fewer levels of nesting"), "{path}: {error}");
        let error = remove.apply(&"[".repeat(1 << 20).into()).unwrap_err().to_string();
        assert!(error.contains("expected"), "{path}: {error}");
    }
    let error = Flatten::new().apply(&nested(65).into()).unwrap_err().to_string();
    assert!(error.contains("expected fewer levels of nesting"), "{error}");
    let objects = format!("{}1{}", r#"{"a":"#.repeat(128), "}".repeat(128));
    assert!(Flatten::new().apply(&objects.clone().into()).is_ok());
    assert!(SnakeCase::new().apply(&objects.into()).is_ok());
    let objects = format!("{}1{}", r#"{"a":"#.repeat(129), "}".repeat(129));
    assert!(Flatten::new().apply(&objects.clone().into()).is_err());
    assert!(SnakeCase::new().apply(&objects.into()).is_err());
}

#[test]
fn an_unchanged_item_is_not_copied() {
    let item = firehose_core::Bytes::from(r#" {"a" : 1.50} "#.to_owned());
    let remove = Remove::new([".b".parse().unwrap()]);
    assert_eq!(remove.apply(&item).unwrap().as_ptr(), item.as_ptr());
}

#[test]
fn a_conflict_leaves_one_member_or_the_old_names() {
    let names = |text: &str| match Json::parse(text).unwrap() {
        Json::Object(members) => members.into_iter().map(|(key, _)| key).collect::<BTreeSet<_>>(),
        _ => panic!("not an object"),
    };
    let rename = Rename::new().with_field(&".a".parse().unwrap(), "b").unwrap();
    let item = r#"{"b":1,"a":2,"c":3,"b":4}"#.into();
    let replaced = rename.clone().with_on_conflict(OnConflict::Replace).apply(&item).unwrap();
    assert_eq!(replaced, r#"{"b":2,"c":3}"#);
    let kept = rename.with_on_conflict(OnConflict::Keep).apply(&item).unwrap();
    assert_eq!(names(str::from_utf8(&kept).unwrap()).len(), 3);
}
