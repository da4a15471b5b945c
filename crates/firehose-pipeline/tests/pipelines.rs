//! The cases in `fixtures/pipelines`. To add a case, add a file.
//!
//! | field | meaning |
//! |---|---|
//! | `pipeline` | the text of the pipeline |
//! | `error` | the error of the pipeline, if it is not valid |
//! | `records` | the records and their expected outcomes, if the pipeline is valid |
//! | `event` | a file of `fixtures/events`. The payloads of its records are the data of the first `records` |
//!
//! A record has `data` (a text), `gzip` (a text, which the test compresses) or `base64` (bytes), and one
//! of `output` (a text), `dropped: true` and `failed` (the cause). `partition_keys` has the expected
//! partition keys of the output; default: none. `failed_items` is the expected number of failed items
//! of a record that did not fail; default: 0.

use std::{collections::BTreeMap, fs, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use firehose_core::{Bytes, Invocation, Outcome, Record, Timestamp, Transform, error_chain};
use firehose_pipeline::Pipeline;
use firehose_runtime::Event;
use firehose_transforms::compression::{Compress, Compression};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    pipeline: String,
    error: Option<String>,
    event: Option<String>,
    #[serde(default)]
    records: Vec<RecordCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordCase {
    data: Option<String>,
    gzip: Option<String>,
    base64: Option<String>,
    output: Option<String>,
    #[serde(default)]
    dropped: bool,
    failed: Option<String>,
    #[serde(default)]
    partition_keys: BTreeMap<String, String>,
    #[serde(default)]
    failed_items: u64,
}

/// The outcome of a record.
#[derive(Debug, Default, PartialEq)]
struct Answer {
    output: Option<String>,
    dropped: bool,
    failed: Option<String>,
    partition_keys: BTreeMap<String, String>,
    failed_items: u64,
}

impl Case {
    fn check(self) -> Result<(), Failed> {
        let pipeline = match (self.pipeline.parse::<Pipeline>(), self.error) {
            (Ok(pipeline), None) => pipeline,
            (Err(error), Some(expected)) if error.to_string() == expected => return Ok(()),
            (Err(error), _) => return Err(format!("the pipeline is not valid: {error}").into()),
            (Ok(_), Some(_)) => return Err("the pipeline is valid".into()),
        };
        if self.records.is_empty() {
            return Err("the case has neither an error nor records".into());
        }
        let mut from_event = match &self.event {
            Some(name) => payloads(name)?,
            None => Vec::new(),
        }
        .into_iter();
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        for (number, record) in (1..).zip(self.records) {
            let data = match from_event.next() {
                Some(data) => data,
                None => record.payload()?,
            };
            let answer = runtime.block_on(answer(&pipeline, data))?;
            let expected = Answer {
                output: record.output,
                dropped: record.dropped,
                failed: record.failed,
                partition_keys: record.partition_keys,
                failed_items: record.failed_items,
            };
            if answer != expected {
                return Err(format!("record {number}: {answer:#?}\nexpected: {expected:#?}").into());
            }
        }
        match from_event.len() {
            0 => Ok(()),
            left => Err(format!("the event has {left} more records").into()),
        }
    }
}

impl RecordCase {
    fn payload(&self) -> Result<Bytes, Failed> {
        match (&self.data, &self.gzip, &self.base64) {
            (Some(text), None, None) => Ok(text.clone().into()),
            (None, Some(text), None) => {
                Ok(Compress::new(Compression::Gzip).compress(text.as_bytes())?.into())
            }
            (None, None, Some(base64)) => Ok(BASE64_STANDARD.decode(base64)?.into()),
            _ => Err("a record needs one of data, gzip and base64".into()),
        }
    }
}

/// Returns the payloads of the records of a sample event.
fn payloads(name: &str) -> Result<Vec<Bytes>, Failed> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/events").join(name);
    let text = fs::read(&path)?;
    let event = Event::parse(&text)?;
    event.records.iter().map(|record| Ok(record.payload()?)).collect()
}

async fn answer(pipeline: &Pipeline, data: Bytes) -> Result<Answer, Failed> {
    let invocation = Invocation::new("invocation-1")
        .with_region("eu-west-1")
        .with_delivery_stream_arn("arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks");
    let record = Record::new("record-1", data)
        .with_invocation(invocation.clone())
        .with_arrival_time(Timestamp::from_millisecond(1_769_817_600_123)?);
    let mut answer = Answer::default();
    match pipeline.transform(record).await.into() {
        Outcome::Ok(output) => {
            answer.partition_keys = output.partition_keys().clone();
            answer.output = Some(String::from_utf8(output.into_data().into())?);
        }
        Outcome::Dropped => answer.dropped = true,
        Outcome::ProcessingFailed(cause) => answer.failed = Some(error_chain(&*cause)),
    }
    answer.failed_items = invocation.failed_item_count();
    Ok(answer)
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pipelines");
    let mut trials = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        trials.push(Trial::test(name, move || {
            yaml_serde::from_str::<Case>(&fs::read_to_string(&path)?)?.check()
        }));
    }
    assert!(!trials.is_empty(), "{} has no cases", folder.display());
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
