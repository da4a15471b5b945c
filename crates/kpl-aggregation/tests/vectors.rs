//! Test vectors from the established Python package and the Kinesis Client Library.
//!
//! Each case of each `*.json` in `fixtures/kpl`, or in the folder that `KPL_VECTORS` names, is a
//! test. The expected result is in `recommended` where the peers disagree, else in `expected`.

#![expect(clippy::print_stdout, reason = "the number of cases shows that they were found")]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use kpl_aggregation::{Aggregator, Deaggregator, HashKeyRange, KinesisEvent, deaggregate_records};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use serde_json::{Value, json};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = match env::var_os("KPL_VECTORS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/kpl"),
    };
    let trials = trials(&folder);
    if !arguments.list {
        println!("{} cases in {}", trials.len(), folder.display());
    }
    assert!(!trials.is_empty(), "no cases in {}", folder.display());
    libtest_mimic::run(&arguments, trials).exit_code()
}

#[derive(Deserialize)]
struct File {
    cases: Vec<Value>,
}

fn trials(folder: &Path) -> Vec<Trial> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let mut trials = Vec::new();
    for path in paths {
        let file: File = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let set = path.file_stem().unwrap().to_string_lossy().into_owned();
        for case in file.cases {
            let name = format!("{set}::{}", case["name"].as_str().unwrap());
            trials.push(Trial::test(name, move || check(&case)));
        }
    }
    trials
}

fn check(case: &Value) -> Result<(), Failed> {
    if case.get("inputs").is_some() {
        aggregation(case)
    } else if case.get("input_data_b64").is_some() {
        hash_range(case)
    } else if case.get("input").is_some() {
        deaggregation(case)
    } else {
        Err("the case is of an unknown kind".into())
    }
}

fn expected(case: &Value) -> &Value {
    case.get("recommended").unwrap_or(&case["expected"])
}

fn same(actual: &Value, expected: &Value) -> Result<(), Failed> {
    if actual == expected {
        Ok(())
    } else {
        Err(format!("{actual:#}\nexpected {expected:#}").into())
    }
}

fn deaggregation(case: &Value) -> Result<(), Failed> {
    let input = case["input"].to_string();
    let records = deaggregate_records(KinesisEvent::parse(&input)?.records);
    same(&serde_json::to_value(&records.user_records)?, expected(case))
}

fn hash_range(case: &Value) -> Result<(), Failed> {
    let key = |name: &str| case[name].as_str().unwrap();
    let range = HashKeyRange::new(key("starting_hash_key"), key("ending_hash_key"))?;
    let mut actual = Vec::new();
    for (number, data) in case["input_data_b64"].as_array().unwrap().iter().enumerate() {
        let data = STANDARD.decode(data.as_str().unwrap())?;
        for record in Deaggregator::default().hash_key_range(range).deaggregate(data) {
            let record = record?;
            actual.push(json!({
                "record": number,
                "aggregated": record.is_aggregated(),
                "partitionKey": record.partition_key(),
                "explicitHashKey": record.explicit_hash_key(),
                "subSequenceNumber": record.sub_sequence_number(),
                "data": STANDARD.encode(record.data()),
            }));
        }
    }
    same(&actual.into(), expected(case))
}

fn aggregation(case: &Value) -> Result<(), Failed> {
    let max_size = usize::try_from(case["max_size"].as_u64().unwrap())?;
    let mut aggregator = Aggregator::with_max_size(max_size)?;
    let (mut blobs, mut emitted_by) = (Vec::new(), Vec::new());
    let mut failed_at = None;
    for (number, input) in case["inputs"].as_array().unwrap().iter().enumerate() {
        let partition_key = input["partition_key"].as_str().unwrap();
        let data = STANDARD.decode(input["data_b64"].as_str().unwrap())?;
        match aggregator.add(partition_key, input["explicit_hash_key"].as_str(), data) {
            Ok(full) => {
                emitted_by.extend(full.iter().map(|_| json!(number)));
                blobs.extend(full);
            }
            Err(_) => {
                failed_at = Some(number);
                break;
            }
        }
    }
    let waiting = aggregator.len();
    if case.get("raises").is_some() || case["recommended"] == "error" {
        let at = case["raises_at_input"].as_u64().unwrap_or(0);
        let actual = json!([failed_at, waiting, blobs.len()]);
        let buffered = case["buffered_after_raise"].as_u64().unwrap_or(0);
        let emitted = case["blobs_before_raise"].as_u64().unwrap_or(0);
        return same(&actual, &json!([at, buffered, emitted]));
    }
    if let Some(rest) = aggregator.finish() {
        emitted_by.push(Value::Null);
        blobs.push(rest);
    }
    let lengths: Vec<_> = blobs.iter().map(|blob| blob.data().len()).collect();
    let records: Vec<_> = blobs.iter().map(kpl_aggregation::Aggregate::user_records).collect();
    let keys: Vec<_> = blobs
        .iter()
        .map(|blob| {
            json!({
                "partition_key": blob.partition_key(),
                "explicit_hash_key": blob.explicit_hash_key(),
            })
        })
        .collect();
    same(&json!(emitted_by), &case["emitted_by_input"])?;
    same(&json!(lengths), &case["blob_lens"])?;
    same(&json!(records), &case["records_per_blob"])?;
    same(&json!(keys), &case["put_keys"])?;
    let digests: Vec<_> = blobs.iter().map(|blob| sha256(blob.data())).collect();
    same(&json!(digests), &case["blob_sha256"])?;
    if let Some(expected) = case.get("expected_blobs_b64") {
        let blobs: Vec<_> = blobs.iter().map(|blob| STANDARD.encode(blob.data())).collect();
        same(&json!(blobs), expected)?;
    }
    Ok(())
}

fn sha256(data: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(data).iter().map(|byte| format!("{byte:02x}")).collect()
}
