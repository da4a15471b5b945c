//! The `tower::Service` of a handler, and its log.

use std::{
    io,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use firehose_runtime::{
    BoxError, BoxTransform, EventText, Handler, MalformedEvent, NotInLambda, Outcome, Record,
    Report, ResponseText, async_transform_fn, run, run_async, run_async_with, run_with,
    transform_fn,
};
use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use serde::Deserialize;
use serde_json::{Value, json};
use tower::Service;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Removes the text of the log, and returns the text.
    pub(crate) fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Reads the payload like `lambda_runtime`, which does not check the end of the text.
pub(crate) fn read(event: &str) -> EventText {
    let mut deserializer = serde_json::Deserializer::from_str(event);
    EventText::deserialize(&mut deserializer).expect("lambda_runtime would reject the event")
}

/// Calls the service like `lambda_runtime`. Returns the response and the log.
async fn call(event: &str) -> (Result<ResponseText, MalformedEvent>, Vec<Value>) {
    let transform = transform_fn(|record: Record| match record.data().as_ref() {
        b"deliver s3cret" => Outcome::from("d0ne"),
        _ => Outcome::failed("no unit"),
    });
    let payload = read(event);
    let mut context = Context::default();
    context.request_id = "request-7".to_owned();
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().json().with_writer(log.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let response = Handler::new(transform).call(LambdaEvent::new(payload, context)).await;
    drop(guard);
    let log = log.take();
    assert!(!log.contains("s3cret") && !log.contains("czNjcmV0"), "payload in the log: {log}");
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (response, lines)
}

#[tokio::test]
async fn each_failure_is_logged_once_with_its_cause_and_without_payload() {
    let event = r#"{"invocationId": "invocation-1", "records": [
        {"recordId": "record-1", "data": "ZGVsaXZlciBzM2NyZXQ="},
        {"recordId": "record-2", "data": "czNjcmV0"},
        {"recordId": "record-3", "data": "czNjcmV0!"},
        {"recordId": "record-1", "data": "czNjcmV0"},
        {"data": "czNjcmV0"}
    ]}"#;
    let (response, log) = call(event).await;
    let response: Value =
        serde_json::from_str(&serde_json::to_string(&response.unwrap()).unwrap()).unwrap();
    assert_eq!(response["records"][0]["data"], "ZDBuZQ==");

    let line = |level: &str, index: usize| {
        let lines: Vec<_> = log.iter().filter(|line| line["level"] == level).collect();
        lines[index]["fields"].clone()
    };
    for (index, id, kind, cause) in [
        (0, "record-2", "error", "no unit"),
        (1, "record-3", "bad-payload", "`data` is not base64: invalid symbol at offset 8"),
        (2, "record-1", "error", "no unit"),
    ] {
        let fields = line("WARN", index);
        assert_eq!(fields["invocation_id"], "invocation-1");
        assert_eq!((&fields["record_id"], &fields["kind"]), (&id.into(), &kind.into()));
        assert_eq!(fields["cause"], cause);
    }
    let repeated = line("WARN", 3);
    assert_eq!((&repeated["ids"], &repeated["first_ids"]), (&1.into(), &"record-1".into()));
    assert_eq!(line("ERROR", 0)["records"], 1);
    let summary = line("INFO", 0);
    for (name, count) in [("records", 5), ("ok", 1), ("dropped", 0), ("failed", 3)] {
        assert_eq!(summary[name], count, "{name}");
    }
    assert_eq!(log.len(), 6, "{log:#?}");
}

#[tokio::test]
async fn without_an_invocation_id_the_log_has_the_request_id() {
    let (_, log) = call(r#"{"records": []}"#).await;
    assert_eq!(log[0]["fields"]["invocation_id"], "request-7");
}

#[tokio::test]
async fn a_failure_is_logged_with_its_position_in_the_source() {
    let kinesis = r#"{"shardId": "shard-1", "sequenceNumber": "495", "partitionKey": "s3cret""#;
    let event = format!(
        r#"{{"records": [
            {{"recordId": "1", "data": "", "kinesisRecordMetadata": {kinesis}}}}},
            {{"recordId": "2", "data": "",
              "kinesisRecordMetadata": {kinesis}, "subsequenceNumber": 3}}}},
            {{"recordId": "3", "kafkaRecordValue": "",
              "mskRecordMetadata": {{"partitionId": "7", "offset": "42"}}}},
            {{"recordId": "4", "data": ""}}
        ]}}"#
    );
    let (_, log) = call(&event).await;
    let names = ["shard_id", "sequence_number", "subsequence_number", "partition", "offset"];
    for (index, expected) in [
        json!(["shard-1", "495", null, null, null]),
        json!(["shard-1", "495", 3, null, null]),
        json!([null, null, null, "7", "42"]),
        json!([null, null, null, null, null]),
    ]
    .iter()
    .enumerate()
    {
        let fields = &log[index]["fields"];
        assert_eq!(fields["message"], "record failed");
        assert_eq!(&json!(names.map(|name| &fields[name])), expected);
    }
}

#[tokio::test]
async fn a_burst_of_failures_has_few_log_lines() {
    let records: Vec<_> = (0..5000)
        .map(|index| json!({"recordId": index.to_string(), "data": if index == 4000 { "?" } else { "" }}))
        .chain((0..50).map(|index| json!({"recordId": index.to_string(), "data": ""})))
        .collect();
    let (response, log) = call(&json!({"invocationId": "i", "records": records}).to_string()).await;
    assert!(response.is_ok());
    let messages = |message: &str| -> Vec<&Value> {
        let fields = log.iter().map(|line| &line["fields"]);
        fields.filter(|fields| fields["message"] == message).collect()
    };
    assert_eq!(messages("record failed").len(), Report::SAME_CAUSE_LINES + 1);
    let [more] = messages("more records failed")[..] else { panic!("{log:#?}") };
    assert_eq!(
        (&more["kind"], &more["records"], &more["first_record_id"], &more["last_record_id"]),
        (&json!("error"), &json!(5039), &json!("10"), &json!("49"))
    );
    assert_eq!(more["first_cause"], "no unit");
    assert_eq!(more["invocation_id"], "i");
    let [repeated] = messages("the event has repeated record ids")[..] else { panic!("{log:#?}") };
    assert_eq!(repeated["ids"], 50);
    assert_eq!(repeated["first_ids"], "0, 1, 2, 3, 4, 5, 6, 7, 8, 9");
    assert_eq!(log.len(), 14, "the lines above and a summary");
}

#[tokio::test]
async fn an_event_of_another_form_fails_the_invocation_with_its_error_type() {
    for event in [r#"{"records": 1}"#, "[]", "\"s3cret\""] {
        let (response, _) = call(event).await;
        let diagnostic = Diagnostic::from(response.unwrap_err());
        assert_eq!(diagnostic.error_type, "MalformedEvent");
        assert!(diagnostic.error_message.starts_with("not a Firehose event: "));
        assert!(!diagnostic.error_message.contains("s3cret"));
    }
}

#[tokio::test]
async fn text_that_is_not_json_reaches_the_handler() {
    let error = read("{oops").into_text().unwrap_err();
    assert!(error.to_string().starts_with("not a Firehose event: key must be a string"), "{error}");
}

#[tokio::test]
async fn run_fails_outside_lambda() {
    let identity = || transform_fn(|record: Record| record.into_data());
    let error = run_async(identity()).await.unwrap_err();
    assert!(error.is::<NotInLambda>());
    assert!(error.to_string().contains("AWS_LAMBDA_RUNTIME_API is not set"), "{error}");

    let error = run(identity()).unwrap_err();
    assert!(error.to_string().contains("await firehose_runtime::run_async there"), "{error}");

    let init = async || Ok(identity());
    let error = run_with(init()).unwrap_err();
    assert!(error.to_string().contains("await firehose_runtime::run_async_with there"), "{error}");
}

#[tokio::test]
async fn init_does_not_run_outside_lambda() {
    let init = async || -> Result<BoxTransform, BoxError> { panic!("init must not run") };
    let error = run_async_with(init()).await.unwrap_err();
    assert!(error.is::<NotInLambda>(), "{error}");
}

/// Returns the results of three records, with this deadline. The second record waits forever.
async fn call_until(deadline: SystemTime, concurrency: usize) -> Vec<String> {
    let transform = async_transform_fn(|record: Record| async move {
        if record.data() == "wait" {
            let _guard = PanicsWhenDropped;
            std::future::pending::<()>().await;
        }
        record.into_data()
    });
    let mut handler = Handler::new(transform)
        .with_concurrency(concurrency)
        .with_deadline_margin(Duration::from_millis(300));

    let mut context = Context::default();
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap().as_millis();
    context.deadline = u64::try_from(deadline).unwrap();
    let event = r#"{"records": [
        {"recordId": "1", "data": "aGk="},
        {"recordId": "2", "data": "d2FpdA=="},
        {"recordId": "3", "data": "aGk="}
    ]}"#;
    let response = handler.call(LambdaEvent::new(read(event), context)).await.unwrap();
    let response: Value = serde_json::from_slice(response.as_bytes()).unwrap();
    let records = response["records"].as_array().unwrap();
    records.iter().map(|record| record["result"].as_str().unwrap().to_owned()).collect()
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("dropped in the middle");
        }
    }
}

#[tokio::test]
async fn only_unfinished_records_fail_at_the_deadline() {
    let deadline = || SystemTime::now() + Duration::from_secs(2);
    assert_eq!(call_until(deadline(), 1).await, ["Ok", "ProcessingFailed", "ProcessingFailed"]);
    // The third record finished while the second waited.
    assert_eq!(call_until(deadline(), 2).await, ["Ok", "ProcessingFailed", "Ok"]);
}

/// Returns the number of `Ok` answers to 200 records. One record runs `stuck`, which does not end
/// before the deadline.
async fn count_ok_beside<F: Future<Output = ()> + Send>(
    stuck: impl Fn() -> F + Send + Sync + 'static,
) -> usize {
    let stuck = Arc::new(stuck);
    let transform = async_transform_fn(move |record: Record| {
        let stuck = Arc::clone(&stuck);
        async move {
            if record.id() == "5" {
                stuck().await;
            }
            record.into_data()
        }
    });
    count_ok(transform).await
}

/// Returns the number of `Ok` answers to 200 records before a deadline.
async fn count_ok(transform: impl firehose_runtime::Transform) -> usize {
    let mut handler = Handler::new(transform).with_deadline_margin(Duration::from_millis(300));
    let deadline = SystemTime::now() + Duration::from_millis(1500);
    let mut context = Context::default();
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap().as_millis();
    context.deadline = u64::try_from(deadline).unwrap();
    let records = (0..200).map(|id| format!(r#"{{"recordId":"{id}","data":"aGk="}}"#));
    let event = format!(r#"{{"records":[{}]}}"#, records.collect::<Vec<_>>().join(","));
    let response = handler.call(LambdaEvent::new(read(&event), context)).await.unwrap();
    let response: Value = serde_json::from_slice(response.as_bytes()).unwrap();
    let records = response["records"].as_array().unwrap();
    records.iter().filter(|record| record["result"] == "Ok").count()
}

#[tokio::test]
async fn a_record_that_never_ends_fails_alone() {
    assert_eq!(count_ok_beside(std::future::pending::<()>).await, 199);
}

#[tokio::test]
async fn a_record_that_is_always_busy_fails_alone() {
    // Tokio makes such a task yield to others, among them the timer of the deadline.
    let busy = || async {
        let semaphore = tokio::sync::Semaphore::new(1);
        loop {
            drop(semaphore.acquire().await);
        }
    };
    assert_eq!(count_ok_beside(busy).await, 199);
}

/// Helper threads have no Tokio budget by themselves.
#[tokio::test]
async fn records_that_are_always_busy_fail_alone_on_any_thread() {
    let transform = async_transform_fn(|record: Record| async move {
        std::thread::sleep(Duration::from_millis(1));
        if let 30..38 = record.id().parse().unwrap_or(0) {
            let semaphore = tokio::sync::Semaphore::new(1);
            loop {
                drop(semaphore.acquire().await);
            }
        }
        record.into_data()
    });
    assert_eq!(count_ok(transform).await, 192);
}

#[tokio::test]
async fn a_past_deadline_counts_as_none() {
    let waits = tokio::spawn(call_until(UNIX_EPOCH + Duration::from_secs(600), 2));
    // The call waits forever. The test can only check that the call does not end soon.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!waits.is_finished());
    waits.abort();
}
