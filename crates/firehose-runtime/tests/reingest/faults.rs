//! A service that throttles, fails, hangs, and answers nonsense.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::TcpListener;

use crate::service::{Reply, Service, error_reply, kinesis, put_back, put_records_reply, sink};

const THROTTLED: &str = "ProvisionedThroughputExceededException";

/// Time enough for some attempts, on a busy machine too.
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
async fn an_entry_that_stays_throttled_says_so_and_the_others_are_there() {
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
        Reply::Json(502, json!("no error of AWS")),
        put_records_reply(&[Ok(())]),
    ];
    let service = Service::replying(replies).await;
    assert_eq!(put_back(&service.sink(), [kinesis("a", "one")], None).await, [""]);
    assert_eq!(sent(&service), vec![vec!["one"]; 5]);
}

#[tokio::test]
async fn what_will_not_pass_fails_at_once() {
    // A validation may quote what it does not like, which is payload.
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
async fn what_a_response_does_not_account_for_is_not_there() {
    let number = json!({"SequenceNumber": "4957", "ShardId": "shardId-000000000000"});
    for (records, text) in [
        (json!([number]), "the response has 1 entries for 2 records"),
        (json!([number, number, number]), "the response has 3 entries for 2 records"),
        (json!([]), "the response has 0 entries for 2 records"),
        (json!([{}, {"SequenceNumber": ""}]), "the response has neither a number nor an error"),
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
async fn a_response_that_cannot_be_read_is_asked_for_again_but_not_for_ever() {
    let service = Service::start(|_| Reply::Json(200, json!("no object"))).await;
    let results = put_back(&service.sink(), [kinesis("a", "one")], None).await;
    assert!(results[0].ends_with("(3 attempts)"), "{results:?}");
    assert_eq!(service.requests().len(), 3);
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_may_put_the_record_there_twice() {
    let service = Service::replying([Reply::Close, put_records_reply(&[Ok(())])]).await;
    assert_eq!(put_back(&service.sink(), [kinesis("a", "one")], None).await, [""]);
    assert_eq!(sent(&service), [vec!["one"], vec!["one"]]);

    let service = Service::start(|_| Reply::Close).await;
    let results = put_back(&service.sink(), [kinesis("a", "one")], None).await;
    assert!(results[0].ends_with("(3 attempts)"), "{results:?}");
    assert_eq!(service.requests().len(), 3);
}

#[tokio::test]
async fn a_request_that_hangs_is_given_up_in_time_and_no_other_is_started() {
    let service = Service::start(|_| Reply::Hang).await;
    // Two requests' worth.
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
async fn without_time_nothing_is_sent() {
    let service = Service::replying([]).await;
    let results = put_back(&service.sink(), [kinesis("a", "one")], Some(Instant::now())).await;
    assert_eq!(results, ["PutRecords to stream orders: no time was left to send the record"]);
    assert!(service.requests().is_empty());
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_within_the_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let results = put_back(&sink(&url), [kinesis("a", "one")], soon()).await;
    let result = results[0].to_ascii_lowercase();
    assert!(result.contains("connection refused"), "{result}");
    assert!(result.ends_with("attempts, no time for another)"), "{result}");
}

#[test]
fn without_a_timer_there_is_an_error_and_no_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let results =
        runtime.block_on(put_back(&sink("http://127.0.0.1:9"), [kinesis("a", "one")], None));
    assert!(results[0].contains("timers are disabled"), "{results:?}");
}
