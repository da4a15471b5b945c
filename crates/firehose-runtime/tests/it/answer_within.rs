//! The time of an invocation outside of Lambda.

use std::time::Duration;

use firehose_runtime::{Answer, FailureKind, Handler, Record, transform_fn};

const EVENT: &str =
    r#"{"records": [{"recordId": "1", "data": ""}, {"recordId": "2", "data": ""}]}"#;

fn answer_within(time: Duration) -> Answer {
    let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(handler.answer_within(EVENT, time)).unwrap()
}

#[test]
fn records_fail_once_the_time_is_over() {
    let report = answer_within(Duration::ZERO).report;
    assert_eq!(report.ok, 0);
    for failure in &report.failures {
        assert_eq!(failure.kind, FailureKind::Deadline);
        assert_eq!(failure.cause, "deadline: the record was not started");
    }
    assert_eq!(report.failures.len(), 2);
}

#[test]
fn records_pass_before_the_time_is_over() {
    assert_eq!(answer_within(Duration::from_secs(3600)).report.ok, 2);
    assert_eq!(answer_within(Duration::MAX).report.ok, 2);
}
