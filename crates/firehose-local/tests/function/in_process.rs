use std::{
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use bytes::Bytes;
use firehose_delivery::function::{EventHandler, FunctionError, InProcessFunction};
use firehose_runtime::{Answer, BoxError, Handler, Outcome, Record, Transform, async_trait};

use crate::suite::{Behavior, Implementation, Setup, Subject};

/// A handler in the process of this test.
struct InProcess;

impl Implementation for InProcess {
    type Function = InProcessFunction;

    const LIMITS_CONCURRENCY: bool = true;

    /// Returns a function whose thread cannot start, because no thread can have such a large stack.
    fn missing() -> InProcessFunction {
        let function = InProcessFunction::new(Handler::new(Echo), Duration::from_secs(60), 1);
        function.with_stack_bytes(1 << 60)
    }

    fn start(setup: Setup) -> Subject<InProcessFunction> {
        let faulty = Arc::new(Faulty {
            setup,
            received: AtomicU64::new(0),
            is_released: Mutex::new(false),
            released: Condvar::new(),
        });
        let (counted, released) = (Arc::clone(&faulty), Arc::clone(&faulty));
        let function = InProcessFunction::new(Shared(faulty), setup.limit, setup.concurrency);
        Subject {
            function: Arc::new(function),
            received: Box::new(move || {
                usize::try_from(counted.received.load(Ordering::SeqCst)).unwrap()
            }),
            release: Box::new(move || {
                *released.is_released.lock().unwrap() = true;
                released.released.notify_all();
            }),
        }
    }
}

/// A handler with the behavior of a setup.
struct Faulty {
    setup: Setup,
    received: AtomicU64,
    is_released: Mutex<bool>,
    released: Condvar,
}

struct Shared(Arc<Faulty>);

impl EventHandler for Shared {
    fn answer(&self, event: Bytes, limit: Duration) -> Result<Answer, FunctionError> {
        let Faulty { setup, received, is_released, released } = &*self.0;
        let number = received.fetch_add(1, Ordering::SeqCst) + 1;
        let behavior = if number <= setup.events { setup.behavior } else { Behavior::Answer };
        match behavior {
            Behavior::Answer => {}
            Behavior::ReportError => {
                return Err(FunctionError::reported("Faulty", "told to fail"));
            }
            // The next event waits until this thread ends.
            Behavior::Hang => thread::sleep(limit + limit / 4),
            Behavior::Wait => {
                let is_released = is_released.lock().unwrap();
                drop(released.wait_while(is_released, |is_released| !*is_released).unwrap());
            }
            Behavior::AnswerTooMuch => {
                let handler = Handler::new(TooMuch).with_response_budget(100_000_000);
                return EventHandler::answer(&handler, event, limit);
            }
            Behavior::EndEarly => panic!("told to panic"),
        }
        EventHandler::answer(&Handler::new(Echo), event, limit)
    }
}

struct Echo;

#[async_trait]
impl Transform for Echo {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        Ok(record.into_data().into())
    }
}

struct TooMuch;

#[async_trait]
impl Transform for TooMuch {
    async fn transform(&self, _: Record) -> Result<Outcome, BoxError> {
        Ok(vec![b'x'; 7_000_000].into())
    }
}

crate::conformance_tests!(InProcess);

/// A handler that takes longer than its limit, and counts the calls that run at a time.
#[derive(Default)]
struct TooSlow {
    running: AtomicU64,
    most: AtomicU64,
}

struct SharedTooSlow(Arc<TooSlow>);

impl EventHandler for SharedTooSlow {
    fn answer(&self, event: Bytes, limit: Duration) -> Result<Answer, FunctionError> {
        let TooSlow { running, most } = &*self.0;
        most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        thread::sleep(3 * limit);
        running.fetch_sub(1, Ordering::SeqCst);
        EventHandler::answer(&Handler::new(Echo), event, limit)
    }
}

#[tokio::test]
async fn threads_after_a_timeout_count_as_running_invocations() {
    use firehose_delivery::function::Function;

    let handler = Arc::new(TooSlow::default());
    let shared = SharedTooSlow(Arc::clone(&handler));
    let function = InProcessFunction::new(shared, Duration::from_millis(20), 2);
    for _ in 0..6 {
        function.invoke("{}".into()).await.unwrap_err();
    }
    assert!(handler.most.load(Ordering::SeqCst) <= 2);
}

/// Fails for the data `fail`, and returns too much data else.
struct FailOrTooMuch;

#[async_trait]
impl Transform for FailOrTooMuch {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        match record.text()? {
            "fail" => Err("told to fail".into()),
            _ => Ok(vec![b'x'; 7_000_000].into()),
        }
    }
}

#[tokio::test]
async fn an_invocation_without_a_response_has_no_failures() {
    use firehose_delivery::function::Function;

    let handler = Handler::new(FailOrTooMuch).with_response_budget(100_000_000);
    let function = InProcessFunction::new(handler, Duration::from_secs(60), 1);
    // "fail", "ok"
    let event =
        r#"{"records":[{"recordId":"1","data":"ZmFpbA=="},{"recordId":"2","data":"b2s="}]}"#;
    function.invoke(event.into()).await.unwrap_err();
    assert_eq!(function.failures().unwrap().records.total(), 0);
}

/// Fails or panics if the data of the record says so.
struct ByData;

#[async_trait]
impl Transform for ByData {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        match record.text()? {
            "panic" => panic!("told to panic"),
            "fail" => Err("told to fail".into()),
            _ => Ok(record.into_data().into()),
        }
    }
}

#[tokio::test]
async fn the_answer_has_the_cause_of_each_failed_record() {
    use firehose_delivery::function::Function;

    firehose_runtime::install_panic_hook();
    let function = InProcessFunction::new(Handler::new(ByData), Duration::from_secs(60), 1);
    // "ok", "panic", "fail"
    let event = r#"{"records":[{"recordId":"1","data":"b2s="},{"recordId":"2","data":"cGFuaWM="},
        {"recordId":"3","data":"ZmFpbA=="}]}"#;
    let answer = function.answer(event.into()).await.unwrap();
    assert_eq!(answer.report.ok, 1);
    let causes: Vec<_> = answer.report.failures.iter().map(|it| it.cause.as_str()).collect();
    assert!(causes[0].starts_with("panicked: told to panic (at "), "{causes:?}");
    assert_eq!(causes[1], "told to fail");
    let counts = function.failures().unwrap();
    assert_eq!((counts.records.total(), counts.items.total()), (2, 0));
}
