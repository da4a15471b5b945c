use std::{
    fs,
    path::Path,
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
use tokio::{runtime::Handle, sync::watch};

use super::{
    ErrorObjects, RecoveredObjects, Remaining, RemainingCounts, RemainingFormat, ReplayStats,
    Replayer,
};
use crate::{
    delivery_stream::{Compression, ErrorLine, EventWriter, LambdaProcessorConfig, Prefix},
    function::{self, FunctionError, InvokeError},
    observer::Unobserved,
    processors::RetryingInvoker,
    store::{
        Store, StoreOptions,
        faulty::{Fault, FaultyStore},
    },
};

/// Does with a record what its data begins with, and fails where one says `throw`.
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

/// What a replay leaves behind.
struct Replayed {
    account: ReplayStats,
    /// The contents of all objects, records separated by newlines.
    objects: Vec<String>,
    rest: String,
}

/// Replays the lines of a file; the fault says what becomes of a put, by its number from 1 on.
async fn replay(lines: &str, fault: impl Fn(u64) -> Fault + Send + Sync + 'static) -> Replayed {
    let folder = TempDir::new().unwrap();
    let (input, rest) = (folder.path().join("lines"), folder.path().join("rest"));
    fs::write(&input, lines).unwrap();
    let store = Store::new(FaultyStore::new(fault), "memory:");
    let account = Arc::new(Mutex::new(ReplayStats::default()));
    replayer(store.clone(), &rest, &account)
        .run(ErrorObjects::open(&[input], StoreOptions::default()).await.unwrap())
        .await;
    let mut objects = Vec::new();
    let listed: Vec<_> = store.list().try_collect().await.unwrap();
    for object in listed {
        let content: Vec<Bytes> = store.read(&object.key).try_collect().await.unwrap();
        objects.push(String::from_utf8(content.concat()).unwrap());
    }
    let account = account.lock().unwrap().clone();
    let rest = fs::read_to_string(rest).unwrap();
    let RemainingCounts { written, left_out } = account.rest.unwrap();
    assert_eq!((written, left_out), (rest.lines().count() as u64, 0));
    Replayed { account, objects, rest }
}

fn replayer(store: Store, rest: &Path, account: &Arc<Mutex<ReplayStats>>) -> Replayer {
    let events = EventWriter::new("arn", "region", None);
    let mut lambda = LambdaProcessorConfig::new("obedient", "");
    lambda.retries = 0;
    let prefix = Prefix::parse("").unwrap();
    Replayer {
        invocations: Arc::new(RetryingInvoker {
            function: Arc::new(Obedient),
            lambda,
            events: events.clone(),
            firehose_gives_up: false,
            observer: Arc::new(Unobserved),
            stream: "replay".to_owned(),
        }),
        concurrency: 2,
        recovered: Some(RecoveredObjects::new(store, prefix, Compression::Uncompressed, true)),
        rest: Some(Remaining::create(rest, false, RemainingFormat::ErrorLines, events).unwrap()),
        account: Arc::clone(account),
        stop: watch::channel(false).0,
        observer: Arc::new(Unobserved),
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
async fn a_record_lies_in_the_hour_that_it_came_in() {
    let lines = [line("pass 1", 1), line("pass 2", 2), line("pass 3", 1), line("drop", 1)];
    let replayed = replay(&lines.concat(), |_| Fault::None).await;
    assert_eq!(replayed.objects, ["pass 1\npass 3", "pass 2"]);
    let mut keys: Vec<_> = replayed.account.objects.iter().map(|object| &*object.key).collect();
    keys.sort_unstable();
    assert!(keys[0].starts_with("1970/01/01/01/replay-1-1970-01-01-01-00-00-"), "{keys:?}");
    assert!(keys[1].starts_with("1970/01/01/02/replay-1-1970-01-01-02-00-00-"), "{keys:?}");
    assert_eq!((&*replayed.rest, replayed.account.not_replayed()), ("", 0));
}

#[tokio::test]
async fn a_function_error_costs_its_batch_and_no_other() {
    let large = |what: &str, hour| line(&format!("{what}{}", "x".repeat(700_000)), hour);
    // Two records make a batch.
    let lines = [large("pass", 1), large("throw", 1), large("pass", 1), large("drop", 1)];
    let replayed = replay(&lines.concat(), |_| Fault::None).await;
    let account = &replayed.account;
    assert_eq!((account.invocations, account.function_errors, account.lost_batches), (2, 1, 1));
    assert_eq!(account.failing["Lambda.FunctionError"], 2);
    assert_eq!(replayed.rest, lines[..2].concat());
    assert_eq!(replayed.objects, [format!("pass{}", "x".repeat(700_000))]);
}

#[tokio::test]
async fn what_the_store_does_not_take_is_in_the_rest() {
    let lines = [line("pass 1", 1), line("fail 2", 2), line("pass 3", 3)];
    let replayed = replay(&lines.concat(), |_| Fault::Full).await;
    let account = &replayed.account;
    assert!(account.store_failed && replayed.objects.is_empty());
    assert_eq!((account.total().recovered, account.not_replayed()), (0, 2));
    let mut rest: Vec<_> = replayed.rest.split_inclusive('\n').collect();
    rest.sort_unstable();
    let mut all: Vec<_> = lines.iter().collect();
    all.sort_unstable();
    assert_eq!(rest, all);
}

/// The store is asked how many tasks there are each time that it is given an object: most of them
/// are objects that wait for their turn.
#[tokio::test]
async fn objects_that_wait_for_the_store_are_few_however_small_they_are() {
    let lines: String = (0..2000).map(|hour| line("pass", hour)).collect();
    let most = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&most);
    let replayed = replay(&lines, move |_| {
        let tasks = Handle::current().metrics().num_alive_tasks();
        seen.fetch_max(tasks as u64, Ordering::Relaxed);
        Fault::None
    })
    .await;
    assert_eq!((replayed.account.object_count, replayed.objects.len()), (2000, 2000));
    assert!(most.load(Ordering::Relaxed) < 250, "{most:?} tasks");
}

/// A line: what is to become of it, how long it is, when it came.
fn any_line() -> impl Strategy<Value = (&'static str, usize, i64)> {
    let what = prop_oneof![
        6 => Just("pass"), 2 => Just("drop"), 3 => Just("fail"), 1 => Just("throw"),
        1 => Just("garbage"),
    ];
    // Two or three long ones make a batch.
    let length = prop_oneof![9 => 0usize..40, 1 => 300_000usize..600_000];
    (what, length, 0i64..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn every_line_is_recovered_dropped_or_in_the_rest(
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
        let account = &replayed.account;
        let total = account.total();
        let left = account.failing.values().sum::<u64>() + account.unreadable;
        prop_assert_eq!(account.lines, lines.len() as u64);
        prop_assert_eq!(account.rest.unwrap().written, left + account.not_replayed());
        prop_assert!(account.store_failed || account.not_replayed() == 0);

        // Each line is found once: in the rest, in the output, or it was dropped.
        let mut missing: Vec<_> = lines.iter().collect();
        let mut find = |is_it: &dyn Fn(&(String, String)) -> bool| {
            let index = missing.iter().position(|line| is_it(line));
            index.map(|index| missing.remove(index)).is_some()
        };
        for rest in replayed.rest.split_inclusive('\n') {
            prop_assert!(find(&|(line, _)| line == rest));
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
