//! Property tests of a replay: every line is recovered, dropped or in the file of remaining
//! records, whatever the function and the store do.

use std::{
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use firehose_runtime::async_trait;
use futures_util::TryStreamExt;
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Handle;

use super::{
    ErrorObjects, RawData, RecoveredObjects, Remaining, RemainingCounts, RemainingFormat,
    ReplayReport, ReplayRun,
};
use crate::{
    delivery_stream::{Compression, ErrorLine, Prefix},
    function::{self, FunctionError, InvokeError},
    run::StreamFunction,
    store::{
        Store, StoreOptions,
        faulty::{Fault, FaultyStore},
    },
};

/// A function that answers each record by the first word of its data, and fails as a whole for
/// `throw`.
#[derive(Debug)]
struct Obedient;

#[async_trait]
impl function::Function for Obedient {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        let event: Value = serde_json::from_slice(&event).unwrap();
        let mut answers = Vec::new();
        for record in event["records"].as_array().unwrap() {
            let data = STANDARD.decode(record["data"].as_str().unwrap()).unwrap();
            let result = match &data[..4] {
                b"pass" => "Ok",
                b"drop" => "Dropped",
                b"thro" => {
                    let (error_type, message) = ("Told".to_owned(), "told to".to_owned());
                    return Err(FunctionError::Reported { error_type, message }.into());
                }
                _ => "ProcessingFailed",
            };
            answers.push(json!({
                "recordId": record["recordId"], "result": result, "data": STANDARD.encode(data),
            }));
        }
        Ok(json!({"records": answers}).to_string().into())
    }
}

/// The results of a replay.
struct Replayed {
    report: ReplayReport,
    /// The contents of all objects, with a newline between records.
    objects: Vec<String>,
    /// The file of the remaining records.
    remaining: String,
}

/// Replays lines into a store. `fault` returns the fault of each put by its number, counted from 1.
async fn replay(lines: &str, fault: impl Fn(u64) -> Fault + Send + Sync + 'static) -> Replayed {
    replay_with(Arc::new(Obedient), lines, fault).await
}

async fn replay_with(
    function: Arc<dyn function::Function>,
    lines: &str,
    fault: impl Fn(u64) -> Fault + Send + Sync + 'static,
) -> Replayed {
    let folder = TempDir::new().unwrap();
    let (input, path) = (folder.path().join("lines"), folder.path().join("remaining"));
    fs::write(&input, lines).unwrap();
    let store = Store::new(FaultyStore::new(fault), "memory:");
    let prefix = Prefix::parse("").unwrap();
    let recovered = RecoveredObjects::new(store.clone(), prefix, Compression::Uncompressed, true);
    let remaining = Remaining::create(&path, false, RemainingFormat::ErrorLines).unwrap();
    let replay = ReplayRun::new(StreamFunction::new(function), "obedient")
        .concurrency(2)
        .recovered(Some(recovered))
        .remaining(Some(remaining))
        .raw_data(Some(RawData::Original))
        .prepare();
    let progress = replay.progress();
    replay.replay(ErrorObjects::open(&[input], StoreOptions::default()).await.unwrap()).await;
    let mut objects = Vec::new();
    let listed: Vec<_> = store.list().try_collect().await.unwrap();
    for object in listed {
        let content: Vec<Bytes> = store.read(&object.key).try_collect().await.unwrap();
        objects.push(String::from_utf8(content.concat()).unwrap());
    }
    let report = progress.report();
    let remaining = fs::read_to_string(path).unwrap();
    let RemainingCounts { written, left_out } = report.stats.remaining.unwrap();
    assert_eq!((written, left_out), (remaining.lines().count() as u64, 0));
    assert!(!report.is_trial && report.failures.is_none());
    Replayed { report, objects, remaining }
}

/// The error code of each stage, and `true` if the data of its lines is an output of the function.
const STAGES: [(&str, bool); 8] = [
    ("Lambda.FunctionError", false),
    ("Lambda.ProcessingFailedStatus", false),
    ("DataFormatConversion.ParseError", true),
    ("HttpEndpoint.DestinationException", true),
    ("Splunk.AckTimeout", true),
    ("OS.AccessDenied", true),
    ("503", true),
    ("Redshift.TableNotFound", true),
];

/// A function that is not idempotent, and that keeps the data that it receives.
#[derive(Debug, Default)]
struct Marking(Mutex<Vec<String>>);

#[async_trait]
impl function::Function for Marking {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        let event: Value = serde_json::from_slice(&event).unwrap();
        let answers: Vec<_> = event["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|record| {
                let data = STANDARD.decode(record["data"].as_str().unwrap()).unwrap();
                let data = String::from_utf8(data).unwrap();
                let output = STANDARD.encode(format!("{data} transformed"));
                self.0.lock().unwrap().push(data);
                json!({"recordId": record["recordId"], "result": "Ok", "data": output})
            })
            .collect();
        Ok(json!({"records": answers}).to_string().into())
    }
}

proptest! {
    #[test]
    fn no_record_is_transformed_twice(stages in prop::collection::vec(0..STAGES.len(), 1..60)) {
        let lines: String = stages
            .iter()
            .enumerate()
            .map(|(number, &stage)| {
                let (code, is_output) = STAGES[stage];
                let data = if is_output { format!("{number} transformed") } else { number.to_string() };
                let record = ErrorLine::new(data.into());
                let mut line = Vec::new();
                ErrorLine { error_code: Some(code.into()), ..record }.write(&mut line);
                String::from_utf8(line).unwrap()
            })
            .collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let function = Arc::new(Marking::default());
        let replayed = runtime.block_on(replay_with(Arc::clone(&function) as _, &lines, |_| Fault::None));
        prop_assert!(function.0.lock().unwrap().iter().all(|data| !data.contains("transformed")));
        let mut delivered: Vec<_> =
            replayed.objects.iter().flat_map(|object| object.split('\n')).collect();
        delivered.sort_unstable();
        let mut expected: Vec<_> =
            (0..stages.len()).map(|number| format!("{number} transformed")).collect();
        expected.sort_unstable();
        prop_assert_eq!(delivered, expected);
        let outputs = stages.iter().filter(|&&stage| STAGES[stage].1).count() as u64;
        prop_assert_eq!(replayed.report.stats.unchanged, outputs);
    }
}

fn line(data: &str, hour: i64) -> String {
    let mut line = Vec::new();
    let record = ErrorLine::new(Bytes::copy_from_slice(data.as_bytes()));
    let arrival_timestamp = Some(jiff::Timestamp::from_second(hour * 3600).unwrap());
    ErrorLine { arrival_timestamp, ..record }.write(&mut line);
    String::from_utf8(line).unwrap()
}

#[tokio::test]
async fn a_record_lies_under_the_hour_of_its_arrival() {
    let lines = [line("pass 1", 1), line("pass 2", 2), line("pass 3", 1), line("drop", 1)];
    let replayed = replay(&lines.concat(), |_| Fault::None).await;
    assert_eq!(replayed.objects, ["pass 1\npass 3", "pass 2"]);
    let mut keys: Vec<_> =
        replayed.report.stats.objects.first.iter().map(|object| &*object.key).collect();
    keys.sort_unstable();
    assert!(keys[0].starts_with("1970/01/01/01/replay-1-1970-01-01-01-00-00-"), "{keys:?}");
    assert!(keys[1].starts_with("1970/01/01/02/replay-1-1970-01-01-02-00-00-"), "{keys:?}");
    assert_eq!((&*replayed.remaining, replayed.report.stats.not_replayed()), ("", 0));
}

#[tokio::test]
async fn a_function_error_fails_only_its_own_batch() {
    let large = |what: &str, hour| line(&format!("{what}{}", "x".repeat(700_000)), hour);
    // Two records make a batch.
    let lines = [large("pass", 1), large("throw", 1), large("pass", 1), large("drop", 1)];
    let replayed = replay(&lines.concat(), |_| Fault::None).await;
    let stats = &replayed.report.stats;
    assert_eq!(
        (
            stats.invocations.count,
            stats.invocations.function_errors,
            stats.invocations.lost_batches
        ),
        (2, 1, 1)
    );
    assert_eq!(stats.failing["Lambda.FunctionError"], 2);
    assert_eq!(replayed.remaining, lines[..2].concat());
    assert_eq!(replayed.objects, [format!("pass{}", "x".repeat(700_000))]);
}

#[tokio::test]
async fn records_that_the_store_does_not_take_remain() {
    let lines = [line("pass 1", 1), line("fail 2", 2), line("pass 3", 3)];
    let replayed = replay(&lines.concat(), |_| Fault::Full).await;
    let stats = &replayed.report.stats;
    assert!(stats.store_failed && replayed.objects.is_empty());
    assert_eq!((stats.total().recovered, stats.not_replayed()), (0, 2));
    let mut remaining: Vec<_> = replayed.remaining.split_inclusive('\n').collect();
    remaining.sort_unstable();
    let mut all: Vec<_> = lines.iter().collect();
    all.sort_unstable();
    assert_eq!(remaining, all);
}

/// Counts the tasks at each put. Most of them are uploads that wait for a slot.
#[tokio::test]
async fn few_uploads_wait_for_the_store_however_small_they_are() {
    let lines: String = (0..2000).map(|hour| line("pass", hour)).collect();
    let most = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&most);
    let replayed = replay(&lines, move |_| {
        let tasks = Handle::current().metrics().num_alive_tasks();
        seen.fetch_max(tasks as u64, Ordering::Relaxed);
        Fault::None
    })
    .await;
    assert_eq!((replayed.report.stats.objects.count, replayed.objects.len()), (2000, 2000));
    assert!(most.load(Ordering::Relaxed) < 250, "{most:?} tasks");
}

/// A line: the result of its record, the length of its data, the hour of its arrival.
fn any_line() -> impl Strategy<Value = (&'static str, usize, i64)> {
    let what = prop_oneof![
        6 => Just("pass"), 2 => Just("drop"), 3 => Just("fail"), 1 => Just("throw"),
        1 => Just("garbage"),
    ];
    // Two or three long records make a batch.
    let length = prop_oneof![9 => 0usize..40, 1 => 300_000usize..600_000];
    (what, length, 0i64..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn every_line_is_recovered_dropped_or_remains(
        lines in prop::collection::vec(any_line(), 0..30),
        broken in prop::option::of(1u64..6),
    ) {
        let lines: Vec<(String, String)> = lines
            .into_iter()
            .map(|(what, length, hour)| {
                let data = format!("{what} {}", "x".repeat(length));
                let line = if what == "garbage" { format!("{data}\n") } else { line(&data, hour) };
                (line, data)
            })
            .collect();
        let text: String = lines.iter().map(|(line, _)| line.as_str()).collect();
        let fault = move |put| match broken {
            Some(from) if put >= from => Fault::Full,
            _ => Fault::None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let replayed = runtime.block_on(replay(&text, fault));
        let stats = &replayed.report.stats;
        let total = stats.total();
        let left = stats.failing.values().sum::<u64>() + stats.unreadable;
        prop_assert_eq!(stats.lines, lines.len() as u64);
        prop_assert_eq!(stats.remaining.unwrap().written, left + stats.not_replayed());
        prop_assert!(stats.store_failed || stats.not_replayed() == 0);

        // Each line has one result: it remains, its output is in an object, or it was dropped.
        let mut missing: Vec<_> = lines.iter().collect();
        let mut find = |is_it: &dyn Fn(&(String, String)) -> bool| {
            let index = missing.iter().position(|line| is_it(line));
            index.map(|index| missing.remove(index)).is_some()
        };
        for line_of_file in replayed.remaining.split_inclusive('\n') {
            prop_assert!(find(&|(line, _)| line == line_of_file));
        }
        let objects = replayed.objects.iter();
        let recovered: Vec<_> = objects.flat_map(|object| object.split('\n')).collect();
        prop_assert_eq!(recovered.len() as u64, total.recovered);
        for output in recovered {
            prop_assert!(find(&|(_, data)| data == output));
        }
        prop_assert_eq!(missing.len() as u64, total.dropped);
        prop_assert!(missing.iter().all(|(_, data)| data.starts_with("drop")));
    }
}
