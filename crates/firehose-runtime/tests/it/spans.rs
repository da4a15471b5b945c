//! The span of the log lines that a transform writes itself.

use std::time::Duration;

use firehose_runtime::{Handler, Outcome, Record, Transform, async_transform_fn, transform_fn};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::Value;
use tower::Service;
use tracing::{Level, level_filters::LevelFilter, warn};

use crate::lambda::{Log, read};

/// Handles an event in an invocation with the request id `request-7`, and returns the log lines
/// with the message `from the transform`.
async fn lines<T: Transform>(handler: Handler<T>, event: &str, level: Level) -> Vec<Value> {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_span_list(false)
        .with_max_level(LevelFilter::from_level(level))
        .with_writer(log.clone());
    let guard = tracing::subscriber::set_default(subscriber.finish());
    let mut context = Context::default();
    context.request_id = "request-7".to_owned();
    let mut handler = handler;
    handler.call(LambdaEvent::new(read(event), context)).await.unwrap();
    drop(guard);
    let lines = log.take();
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["fields"]["message"] == "from the transform").collect()
}

fn event(records: usize, invocation_id: &str) -> String {
    let records = vec![r#"{"recordId":"1","data":""}"#; records].join(",");
    format!(r#"{{"invocationId":"{invocation_id}","records":[{records}]}}"#)
}

fn assert_ids(lines: &[Value], count: usize, invocation_id: &str) {
    assert_eq!(lines.len(), count);
    for line in lines {
        assert_eq!(line["span"]["invocation_id"], invocation_id, "{line}");
        assert_eq!(line["span"]["requestId"], "request-7", "{line}");
    }
}

#[tokio::test]
async fn a_line_of_a_transform_has_the_ids_of_its_invocation_at_every_level() {
    for level in [Level::ERROR, Level::INFO, Level::TRACE] {
        let logs = transform_fn(|record: Record| {
            tracing::error!("from the transform");
            record.into_data()
        });
        let lines = lines(Handler::new(logs), &event(3, "invocation-1"), level).await;
        assert_ids(&lines, 3, "invocation-1");
    }
}

#[tokio::test]
async fn without_an_invocation_id_a_line_has_the_request_id() {
    let logs = || {
        transform_fn(|_: Record| {
            warn!("from the transform");
            Outcome::Dropped
        })
    };
    let lines = lines(Handler::new(logs()), &event(1, ""), Level::WARN).await;
    assert_ids(&lines, 1, "request-7");
}

#[tokio::test]
async fn a_line_after_an_await_and_on_another_thread_has_the_ids() {
    let waits = async_transform_fn(|record: Record| async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        warn!("from the transform");
        record.into_data()
    });
    assert_ids(&lines(Handler::new(waits), &event(20, "i"), Level::WARN).await, 20, "i");
    // Records that take long are shared among threads.
    let computes = transform_fn(|record: Record| {
        std::thread::sleep(Duration::from_millis(1));
        warn!("from the transform");
        record.into_data()
    });
    let handler = Handler::new(computes).with_threads(4);
    let lines = lines(handler, &event(100, "i"), Level::WARN).await;
    assert_ids(&lines, 100, "i");
}
