//! A service that throttles, fails, hangs, and sends invalid answers.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::TcpListener;

use crate::service::{Reply, Service, error_reply, kinesis, put_back, put_records_reply, sink};

const THROTTLED: &str = "ProvisionedThroughputExceededException";

/// Returns a time to stop that allows several attempts, even on a busy machine.
fn soon() -> Option<Instant> {
    Some(Instant::now() + Duration::from_secs(3))
}

fn sent(service: &Service) -> Vec<Vec<String>> {
    service.requests().iter().map(|it| it.data()).collect()
}

#[tokio::test]
async fn only_throttled_entries_are_sent_again() {
    let replies = [
        put_records_reply(&[Err(THROTTLED), Ok(()), Err("InternalFailure")]),
        put_records_reply(&[Ok(()), Err(THROTTLED)]),
        put_records_reply(&[Ok(())]),
    ];
    let service = Service::replying(replies).await;
    let records = ["one", "two", "three"].map(|it| kinesis("a", it));
    assert_eq!(put_back(&service.sink(), records, None).await, ["", "", ""]);
    assert_eq!(sent(&service), [vec!["one", "two", "three"], vec!["one", "three"], vec!["three"]]);
}

#[tokio::test]
async fn an_entry_that_stays_throttled_has_an_error_and_the_others_succeed() {
    let service = Service::start(|request| {
        let answer = |it: &String| if it == "two" { Err(THROTTLED) } else { Ok(()) };
        put_records_reply(&request.data().iter().map(answer).collect::<Vec<_>>())
    })
    .await;
    let records = ["one", "two"].map(|it| kinesis("a", it));
    let results = put_back(&service.sink(), records, soon()).await;
    let text = "PutRecords to stream orders: ProvisionedThroughputExceededException: told to (";
    assert!(results[0].is_empty() && results[1].starts_with(text), "{results:?}");
    assert!(results[1].ends_with("no time for another)"), "{results:?}");
    let sent = sent(&service);
    assert_eq!(sent[0], ["one", "two"]);
    assert!(sent.len() > 1 && sent[1..].iter().all(|it| it == &["two"]), "{sent:?}");
}

#[tokio::test]
async fn a_request_that_is_throttled_or_fails_is_sent_again() {
    let replies = [
        error_reply(400, THROTTLED),
        error_reply(500, "InternalFailure"),
        error_reply(503, "Unheard"),
        Reply::Json(502, json!("not an error of AWS")),
        put_records_reply(&[Ok(())]),
    ];
    let service = Service::replying(replies).await;
    assert_eq!(put_back(&service.sink(), [kinesis("a", "one")], None).await, [""]);
    assert_eq!(sent(&service), vec![vec!["one"]; 5]);
}

#[tokio::test]
async fn permanent_errors_fail_at_once() {
    // The message of a validation error may quote payload.
    for (status, code, message) in [
        (400, "AccessDeniedException", ": told to"),
        (400, "ResourceNotFoundException", ": told to"),
        (400, "ValidationException", ""),
        (403, "UnrecognizedClientException", ": told to"),
    ] {
        let service = Service::replying([error_reply(status, code)]).await;
        let records = ["s3cret one", "s3cret two"].map(|it| kinesis("a", it));
        let text = format!(
            "PutRecords to stream orders: {code}{message} (HTTP status {status}) (1 attempt)"
        );
        assert_eq!(put_back(&service.sink(), records, None).await, [&*text, &*text]);
        assert_eq!(service.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_record_without_a_result_is_not_put_back() {
    let number = json!({"SequenceNumber": "4957", "ShardId": "shardId-000000000000"});
    for (records, text) in [
        (json!([number]), "the response has 1 entries for 2 records"),
        (json!([number, number, number]), "the response has 3 entries for 2 records"),
        (json!([]), "the response has 0 entries for 2 records"),
        (json!([{}, {"SequenceNumber": ""}]), "the response does not show that the record"),
    ] {
        let body = json!({"FailedRecordCount": 0, "Records": records});
        let service = Service::replying([Reply::Json(200, body)]).await;
        let results =
            put_back(&service.sink(), ["one", "two"].map(|it| kinesis("a", it)), None).await;
        assert!(results.iter().all(|it| it.contains(text)) && results.len() == 2, "{results:?}");
        assert_eq!(service.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_request_with_an_invalid_response_is_repeated_but_not_forever() {
    let service = Service::start(|_| Reply::Json(200, json!("not an object"))).await;
    let results = put_back(&service.sink(), [kinesis("a", "one")], None).await;
    assert!(results[0].ends_with("(3 attempts)"), "{results:?}");
    assert_eq!(service.requests().len(), 3);
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_may_put_a_record_back_twice() {
    let service = Service::replying([Reply::Close, put_records_reply(&[Ok(())])]).await;
    assert_eq!(put_back(&service.sink(), [kinesis("a", "one")], None).await, [""]);
    assert_eq!(sent(&service), [vec!["one"], vec!["one"]]);

    let service = Service::start(|_| Reply::Close).await;
    let results = put_back(&service.sink(), [kinesis("a", "one")], None).await;
    assert!(results[0].ends_with("(3 attempts)"), "{results:?}");
    assert_eq!(service.requests().len(), 3);
}

#[tokio::test]
async fn a_request_that_hangs_is_given_up_at_the_deadline() {
    let service = Service::start(|_| Reply::Hang).await;
    // Enough records for two requests.
    let records = (0..501).map(|it| kinesis("a", it.to_string()));
    let results = put_back(&service.sink(), records, soon()).await;
    assert_eq!(
        results[0],
        "PutRecords to stream orders: no response before the deadline \
         (1 attempt, no time for another)"
    );
    assert_eq!(results[500], "PutRecords to stream orders: no time was left to send the record");
    assert_eq!(service.requests().len(), 1);
}

#[tokio::test]
async fn no_request_starts_after_the_deadline() {
    let service = Service::replying([]).await;
    let results = put_back(&service.sink(), [kinesis("a", "one")], Some(Instant::now())).await;
    assert_eq!(results, ["PutRecords to stream orders: no time was left to send the record"]);
    assert!(service.requests().is_empty());
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_until_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let results = put_back(&sink(&url), [kinesis("a", "one")], soon()).await;
    let result = results[0].to_ascii_lowercase();
    assert!(result.contains("connection refused"), "{result}");
    assert!(result.ends_with("attempts, no time for another)"), "{result}");
}

#[test]
fn a_runtime_without_a_timer_is_an_error_and_no_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let results =
        runtime.block_on(put_back(&sink("http://127.0.0.1:9"), [kinesis("a", "one")], None));
    assert!(results[0].contains("timers are disabled"), "{results:?}");
}
