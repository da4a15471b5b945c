use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use firehose_delivery::function::{Function, FunctionError, InvokeError};
use firehose_runtime::contract::MAX_RESPONSE_BYTES;
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::sleep};

/// The behavior of the function behind an implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behavior {
    /// Answers each record with its own data.
    Answer,
    /// Reports the error type `Faulty` with the message `told to fail`.
    ReportError,
    /// Takes the event and never answers.
    Hang,
    /// Answers with a response over Lambda's limit.
    AnswerTooMuch,
    /// Takes the event, then ends, panics or closes the connection.
    EndEarly,
    /// Takes the event and answers after [`Subject::release`].
    Wait,
}

/// The settings of a function under test.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    pub(crate) behavior: Behavior,
    /// The number of events with this behavior. The function answers all later events.
    pub(crate) events: u64,
    /// The time that an invocation may take.
    pub(crate) limit: Duration,
    /// The number of invocations that may run at a time.
    pub(crate) concurrency: usize,
}

/// An implementation of the trait `Function`.
pub(crate) trait Implementation: Sized {
    type Function: Function;

    /// `true` if the implementation itself limits the number of concurrent invocations.
    const LIMITS_CONCURRENCY: bool;

    /// Returns a function that does not exist.
    fn missing() -> Self::Function;

    fn start(setup: Setup) -> Subject<Self::Function>;
}

/// A function under test, with access to its process or server.
pub(crate) struct Subject<F> {
    pub(crate) function: Arc<F>,
    /// Returns the number of events that the function has received.
    pub(crate) received: Box<dyn Fn() -> usize + Send + Sync>,
    /// Lets waiting invocations answer.
    pub(crate) release: Box<dyn Fn() + Send + Sync>,
}

/// A time that is long enough for each answer, even on a busy machine.
const ENOUGH: Duration = Duration::from_secs(60);

fn start<I: Implementation>(behavior: Behavior) -> Subject<I::Function> {
    I::start(Setup { behavior, events: u64::MAX, limit: ENOUGH, concurrency: 1 })
}

/// Returns an event with one record, whose data is `data` as base64.
fn event(data: &str) -> Bytes {
    let record = json!({"recordId": "1", "approximateArrivalTimestamp": 0, "data": data});
    let event = json!({"invocationId": "1", "records": [record]});
    event.to_string().into()
}

#[track_caller]
fn assert_answered(response: &Result<Bytes, InvokeError>, data: &str) {
    let response = response.as_ref().unwrap();
    let response: Value = serde_json::from_slice(response).unwrap();
    let answer = json!({"recordId": "1", "result": "Ok", "data": data});
    assert!(response == json!({"records": [answer]}), "unexpected response");
}

pub(crate) async fn answers_an_event<I: Implementation>() {
    let subject = start::<I>(Behavior::Answer);
    for data in ["", "YQ=="] {
        assert_answered(&subject.function.invoke(event(data)).await, data);
    }
}

pub(crate) async fn answers_an_event_of_6_mb<I: Implementation>() {
    let subject = start::<I>(Behavior::Answer);
    let data = "A".repeat(6_000_000);
    assert_answered(&subject.function.invoke(event(&data)).await, &data);
}

pub(crate) async fn returns_the_error_that_the_function_reports<I: Implementation>() {
    let subject = start::<I>(Behavior::ReportError);
    match subject.function.invoke(event("")).await {
        Err(InvokeError::Function(FunctionError::Reported { error_type, message, .. })) => {
            assert_eq!((&*error_type, &*message), ("Faulty", "told to fail"));
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn returns_a_timeout_after_the_limit<I: Implementation>() {
    let limit = Duration::from_secs(1);
    let setup = Setup { behavior: Behavior::Hang, events: u64::MAX, limit, concurrency: 1 };
    let subject = I::start(setup);
    let start = Instant::now();
    match subject.function.invoke(event("")).await {
        Err(InvokeError::Function(FunctionError::TimedOut(after))) => assert_eq!(after, limit),
        other => panic!("{other:?}"),
    }
    assert!(start.elapsed() >= limit, "ended after {:?}", start.elapsed());
}

pub(crate) async fn rejects_a_response_over_the_limit_of_lambda<I: Implementation>() {
    let subject = start::<I>(Behavior::AnswerTooMuch);
    match subject.function.invoke(event("")).await {
        Err(InvokeError::Function(FunctionError::ResponseTooLarge { bytes })) => {
            assert!(bytes > MAX_RESPONSE_BYTES, "{bytes} bytes are not too many");
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn returns_an_error_if_the_function_ends_without_an_answer<I: Implementation>() {
    let subject = start::<I>(Behavior::EndEarly);
    let answer = subject.function.invoke(event("")).await;
    let Err(InvokeError::Function(
        FunctionError::Exited(_) | FunctionError::Disconnected(_) | FunctionError::Panicked,
    )) = answer
    else {
        panic!("{answer:?}")
    };
}

pub(crate) async fn returns_a_start_error_if_no_function_exists<I: Implementation>() {
    let answer = I::missing().invoke(event("")).await;
    assert!(matches!(answer, Err(InvokeError::Start(_))), "{answer:?}");
}

pub(crate) async fn answers_the_next_event_after_each_failure<I: Implementation>() {
    for behavior in
        [Behavior::ReportError, Behavior::Hang, Behavior::AnswerTooMuch, Behavior::EndEarly]
    {
        // Only the behavior `Hang` waits for its limit.
        let limit = if behavior == Behavior::Hang { Duration::from_secs(2) } else { ENOUGH };
        let subject = I::start(Setup { behavior, events: 1, limit, concurrency: 1 });
        let first = subject.function.invoke(event("")).await;
        assert!(matches!(first, Err(InvokeError::Function(_))), "{behavior:?}: {first:?}");
        assert_answered(&subject.function.invoke(event("YQ==")).await, "YQ==");
    }
}

pub(crate) async fn runs_invocations_at_the_same_time_up_to_the_limit<I: Implementation>() {
    const LIMIT: usize = 3;
    let behavior = Behavior::Wait;
    let setup = Setup { behavior, events: u64::MAX, limit: ENOUGH, concurrency: LIMIT };
    let Subject { function, received, release } = I::start(setup);
    let mut running = JoinSet::new();
    for _ in 0..=LIMIT {
        let function = Arc::clone(&function);
        running.spawn(async move { function.invoke(event("YQ==")).await });
    }
    let at_once = if I::LIMITS_CONCURRENCY { LIMIT } else { LIMIT + 1 };
    let start = Instant::now();
    while received() < at_once {
        assert!(start.elapsed() < ENOUGH, "{} of {at_once} events arrive", received());
        sleep(Duration::from_millis(10)).await;
    }
    // Give an event over the limit time to arrive.
    sleep(Duration::from_millis(200)).await;
    assert_eq!(received(), at_once);
    release();
    while let Some(answer) = running.join_next().await {
        assert_answered(&answer.unwrap(), "YQ==");
    }
    assert_eq!(received(), LIMIT + 1);
}
