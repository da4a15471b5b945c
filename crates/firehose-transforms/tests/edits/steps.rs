//! Creates transforms from the options in a fixture.

use firehose_core::{BoxError, BoxTransform, TransformExt};
use firehose_transforms::{
    fields::{
        Add, Addition, Cast, CastTo, Flatten, OnConflict, OnMismatch, Pick, RecordField, Remove,
        Rename, SnakeCase, TimeFormat,
    },
    filter::{JsonSchema, OnReject, PatternFilter},
    paths::{FieldPath, OnMissing},
    redact::{Detector, Detectors, Hash, HashKey, Mask, Redact},
};
use serde_json::{Map, Value};

type Options = Map<String, Value>;

/// Creates the transform that an object such as `{"remove": {"fields": [".a"]}}` describes.
pub(crate) fn transform(step: &Value) -> Result<BoxTransform, BoxError> {
    let (name, options) = step.as_object().unwrap().iter().next().unwrap();
    let options = options.as_object().unwrap();
    Ok(match name.as_str() {
        "remove" => Remove::new(paths(options)?).with_on_missing(on_missing(options)).boxed(),
        "pick" => Pick::new(paths(options)?).with_on_missing(on_missing(options)).boxed(),
        "rename" => {
            let mut rename = Rename::new()
                .with_on_missing(on_missing(options))
                .with_on_conflict(on_conflict(options));
            for (path, new) in pairs(options)? {
                rename = rename.with_field(&path, new.as_str().unwrap())?;
            }
            rename.boxed()
        }
        "cast" => {
            let mut cast = Cast::new().with_on_missing(on_missing(options));
            cast = cast.with_on_mismatch(match text(options, "on_mismatch") {
                None | Some("fail") => OnMismatch::Fail,
                Some("keep") => OnMismatch::Keep,
                Some("null") => OnMismatch::Null,
                Some(other) => panic!("on_mismatch: {other}"),
            });
            for (path, to) in pairs(options)? {
                cast = cast.with_field(&path, cast_to(to.as_str().unwrap()));
            }
            cast.boxed()
        }
        "add" => {
            let mut add = Add::new()
                .with_on_missing(on_missing(options))
                .with_on_conflict(on_conflict(options));
            for (path, value) in pairs(options)? {
                add = add.with_field(&path, addition(value)?)?;
            }
            add.boxed()
        }
        "flatten" => {
            let mut flatten = Flatten::new();
            if let Some(separator) = text(options, "separator") {
                flatten = flatten.with_separator(separator);
            }
            if let Some(limit) = options.get("max_output_bytes") {
                flatten = flatten.with_max_output_bytes(limit.as_u64().unwrap() as usize);
            }
            flatten.with_arrays(options.get("arrays").is_some_and(|it| *it == true)).boxed()
        }
        "snake_case" => SnakeCase::new().boxed(),
        "redact" => redact(options)?.boxed(),
        "mask" => {
            let mut mask = Mask::new(paths(options)?).with_on_missing(on_missing(options));
            if let Some(kept) = options.get("kept") {
                mask = mask.with_kept(kept.as_u64().unwrap() as usize);
            }
            if let Some(character) = text(options, "character") {
                mask = mask.with_character(character.chars().next().unwrap());
            }
            mask.boxed()
        }
        "hash" => {
            let key = match text(options, "key_env") {
                Some(variable) => HashKey::from_env(variable)?,
                None => HashKey::from_bytes(text(options, "key").unwrap().as_bytes())?,
            };
            Hash::new(key, paths(options)?).with_on_missing(on_missing(options)).boxed()
        }
        "filter" => {
            let mut filter = match options.get("fields") {
                None => PatternFilter::in_text(),
                Some(_) => PatternFilter::in_fields(paths(options)?),
            };
            if options.contains_key("allow") {
                filter = filter.with_allowed(texts(options, "allow"))?;
            }
            if options.contains_key("deny") {
                filter = filter.with_denied(texts(options, "deny"))?;
            }
            filter.with_on_reject(on_reject(options)).boxed()
        }
        "json_schema" => {
            let filter = JsonSchema::new(&options["schema"].to_string())?;
            filter.with_on_reject(on_reject(options)).boxed()
        }
        other => panic!("{other} is not a transform"),
    })
}

fn redact(options: &Options) -> Result<Redact, BoxError> {
    let list = |name: &str| options.get(name).and_then(Value::as_array).into_iter().flatten();
    let mut detectors = Vec::new();
    for name in list("detect") {
        detectors.push(Detector::from_name(name.as_str().unwrap())?);
    }
    for pattern in list("patterns") {
        let [name, pattern] = [&pattern[0], &pattern[1]].map(|it| it.as_str().unwrap());
        detectors.push(Detector::from_pattern(name, pattern)?);
    }
    let scope = text(options, "in").unwrap();
    if scope == "whole_fields" {
        return Ok(Redact::fields(paths(options)?));
    }
    let detectors = match text(options, "replacement") {
        None => Detectors::new(detectors)?,
        Some(replacement) => Detectors::with_replacement(detectors, replacement)?,
    };
    let redact = match scope {
        "text" => Redact::in_text(detectors),
        "all_strings" => Redact::in_all_strings(detectors),
        "fields" => Redact::in_fields(paths(options)?, detectors),
        other => panic!("{other} is not a scope"),
    };
    let is_set = |name: &str| options.get(name).is_some_and(|it| *it == true);
    let redact = redact.with_keys(is_set("keys")).with_numbers(is_set("numbers"));
    Ok(redact.with_on_missing(on_missing(options)))
}

fn on_reject(options: &Options) -> OnReject {
    match text(options, "on_reject") {
        None | Some("drop") => OnReject::Drop,
        Some("fail") => OnReject::Fail,
        Some(other) => panic!("on_reject: {other}"),
    }
}

fn texts<'a>(options: &'a Options, name: &str) -> impl Iterator<Item = &'a str> {
    options[name].as_array().unwrap().iter().map(|it| it.as_str().unwrap())
}

fn text<'a>(options: &'a Options, name: &str) -> Option<&'a str> {
    options.get(name).map(|value| value.as_str().unwrap())
}

pub(crate) fn paths(options: &Options) -> Result<Vec<FieldPath>, BoxError> {
    let paths = options["fields"].as_array().unwrap().iter();
    paths.map(|path| Ok(path.as_str().unwrap().parse()?)).collect()
}

/// Returns the fields of a list such as `[[".a", "b"]]`. The order of the fields matters.
fn pairs(options: &Options) -> Result<Vec<(FieldPath, &Value)>, BoxError> {
    let pairs = options["fields"].as_array().unwrap().iter();
    pairs.map(|pair| Ok((pair[0].as_str().unwrap().parse()?, &pair[1]))).collect()
}

fn on_missing(options: &Options) -> OnMissing {
    match text(options, "on_missing") {
        None | Some("ignore") => OnMissing::Ignore,
        Some("fail") => OnMissing::Fail,
        Some(other) => panic!("on_missing: {other}"),
    }
}

fn on_conflict(options: &Options) -> OnConflict {
    match text(options, "on_conflict") {
        None | Some("fail") => OnConflict::Fail,
        Some("replace") => OnConflict::Replace,
        Some("keep") => OnConflict::Keep,
        Some(other) => panic!("on_conflict: {other}"),
    }
}

fn cast_to(name: &str) -> CastTo {
    let time = |name: &str| match name {
        "rfc3339" => TimeFormat::Rfc3339,
        "epoch_s" => TimeFormat::EpochSeconds,
        "epoch_ms" => TimeFormat::EpochMillis,
        other => panic!("{other} is not a time format"),
    };
    match name {
        "text" => CastTo::Text,
        "integer" => CastTo::Integer,
        "number" => CastTo::Number,
        "bool" => CastTo::Bool,
        other => {
            let (from, to) = other.split_once(" to ").unwrap();
            CastTo::Time { from: time(from), to: time(to) }
        }
    }
}

fn addition(value: &Value) -> Result<Addition, BoxError> {
    let Some(field) = value.get("record") else { return Ok(Addition::constant(value)?) };
    let field = match field.as_str().unwrap() {
        "arrival_time" => RecordField::ArrivalTime,
        "source_arrival_time" => RecordField::SourceArrivalTime,
        "record_id" => RecordField::RecordId,
        "partition_key" => RecordField::PartitionKey,
        "shard_id" => RecordField::ShardId,
        "sequence_number" => RecordField::SequenceNumber,
        "subsequence_number" => RecordField::SubsequenceNumber,
        "msk_partition" => RecordField::MskPartition,
        "msk_offset" => RecordField::MskOffset,
        "delivery_stream" => RecordField::DeliveryStream,
        "delivery_stream_arn" => RecordField::DeliveryStreamArn,
        "region" => RecordField::Region,
        "invocation_id" => RecordField::InvocationId,
        other => panic!("{other} is not a part of a record"),
    };
    Ok(match value.get("format").and_then(Value::as_str) {
        Some("epoch_ms") => Addition::time(field, TimeFormat::EpochMillis),
        Some("epoch_s") => Addition::time(field, TimeFormat::EpochSeconds),
        _ => Addition::record(field),
    })
}
