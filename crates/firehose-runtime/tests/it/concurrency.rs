//! Records that wait and records that compute run at the same time, and are answered in order.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use firehose_runtime::{
    BoxError, Handler, Outcome, Record, Transform, async_trait, async_transform_fn,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The work of a record before it is delivered.
#[derive(Clone, Copy, Debug)]
enum Step {
    Nothing,
    /// The record yields this many times.
    Yield(usize),
    Compute(Duration),
    Panic,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Nothing),
        3 => (1..6_usize).prop_map(Step::Yield),
        2 => (0..900_u64).prop_map(|micros| Step::Compute(Duration::from_micros(micros))),
        1 => Just(Step::Panic),
    ]
}

/// A transform that does the steps, and counts the records that run at once and their threads.
#[derive(Default)]
struct Steps {
    steps: Vec<Step>,
    running: AtomicUsize,
    most: AtomicUsize,
    threads: Mutex<HashSet<ThreadId>>,
}

/// A guard that counts a record as running until the guard is dropped.
struct RunningGuard<'a>(&'a Steps);

impl<'a> RunningGuard<'a> {
    fn begin(steps: &'a Steps) -> Self {
        let now = 1 + steps.running.fetch_add(1, Ordering::SeqCst);
        steps.most.fetch_max(now, Ordering::SeqCst);
        steps.threads.lock().unwrap().insert(thread::current().id());
        Self(steps)
    }
}

impl Drop for RunningGuard<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Transform for Steps {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        let _guard = RunningGuard::begin(self);
        let number: usize = record.text()?.parse()?;
        match self.steps[number] {
            Step::Nothing => {}
            Step::Yield(times) => {
                for _ in 0..times {
                    tokio::task::yield_now().await;
                }
            }
            Step::Compute(time) => {
                let start = Instant::now();
                while start.elapsed() < time {}
            }
            Step::Panic => std::panic::resume_unwind(Box::new("told to")),
        }
        Ok(record.into_data().into())
    }
}

fn event(records: usize) -> String {
    let records: Vec<_> = (0..records)
        .map(|it| json!({"recordId": it.to_string(), "data": STANDARD.encode(it.to_string())}))
        .collect();
    json!({"records": records}).to_string()
}

async fn results<T: Transform>(handler: &Handler<T>, records: usize) -> Vec<(String, Value)> {
    let answer = handler.answer(event(records)).await.unwrap();
    let mut response: Value = serde_json::from_slice(&answer.response).unwrap();
    let records = response["records"].as_array_mut().unwrap();
    records
        .iter_mut()
        .map(|it| (it["recordId"].as_str().unwrap().to_owned(), it["data"].take()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn answers_are_in_order_and_the_concurrency_is_kept(
        steps in prop::collection::vec(step(), 0..120),
        concurrency in 1..9_usize,
        threads in 1..5_usize,
    ) {
        let transform = Arc::new(Steps { steps: steps.clone(), ..Steps::default() });
        let handler = Handler::new(Arc::clone(&transform))
            .with_concurrency(concurrency)
            .with_threads(threads);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let results = runtime.block_on(results(&handler, steps.len()));

        let expected: Vec<_> = steps.iter().enumerate().map(|(number, step)| {
            let number = number.to_string();
            let data = match step {
                Step::Panic => Value::Null,
                _ => STANDARD.encode(&number).into(),
            };
            (number, data)
        }).collect();
        prop_assert_eq!(results, expected);
        let most = transform.most.load(Ordering::SeqCst);
        prop_assert!(most <= concurrency, "{most} records ran at once, but the concurrency is {concurrency}");
        prop_assert_eq!(transform.running.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn long_computations_are_shared_among_threads() {
    let compute = || {
        Arc::new(Steps {
            steps: vec![Step::Compute(Duration::from_millis(2)); 40],
            ..Steps::default()
        })
    };
    for (threads, concurrency, expected) in [(3, 16, 2..=3), (3, 1, 1..=1), (1, 16, 1..=1)] {
        let transform = compute();
        let handler = Handler::new(Arc::clone(&transform))
            .with_threads(threads)
            .with_concurrency(concurrency);
        assert_eq!(results(&handler, 40).await.len(), 40);
        assert!(
            expected.contains(&transform.most.load(Ordering::SeqCst)),
            "the number of records that ran at once"
        );
        // The threads share one window of records at a time, and new threads start for each window.
        // So the number of threads over all windows has no fixed upper limit.
        let used = transform.threads.lock().unwrap().len();
        assert_eq!(used > 1, *expected.end() > 1, "{used} threads");
    }
}

#[cfg(feature = "lambda")]
#[tokio::test]
async fn a_timer_works_on_every_thread() {
    let handler = Handler::new(async_transform_fn(async |record: Record| {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(1) {}
        if record.text().is_ok_and(|text| text.ends_with('7')) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        record.into_data()
    }))
    .with_threads(2);
    let results = results(&handler, 60).await;
    assert!(results.iter().all(|(_, data)| data.is_string()), "{results:?}");
}

#[tokio::test]
async fn a_waiting_record_is_polled_while_others_compute() {
    // Record 0 notes the number of other records that have begun, each time it is polled.
    let begun = Arc::new(AtomicUsize::new(0));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let transform = {
        let (begun, seen) = (Arc::clone(&begun), Arc::clone(&seen));
        async_transform_fn(move |record: Record| {
            let (begun, seen) = (Arc::clone(&begun), Arc::clone(&seen));
            async move {
                if record.id() != "0" {
                    begun.fetch_add(1, Ordering::SeqCst);
                    return record.into_data();
                }
                for _ in 0..5 {
                    tokio::task::yield_now().await;
                    seen.lock().unwrap().push(begun.load(Ordering::SeqCst));
                }
                record.into_data()
            }
        })
    };
    let handler = Handler::new(transform).with_threads(1);
    assert_eq!(results(&handler, 1000).await.len(), 1000);
    let seen = seen.lock().unwrap();
    assert!(seen.len() == 5 && seen.iter().all(|others| *others < 200), "{seen:?}");
}
