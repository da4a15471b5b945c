//! The metrics of an invocation, checked against the specification of their format.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Instant,
};

use firehose_runtime::{
    BoxError, Handler, InvalidMetrics, ItemErrors, Metrics, Outcome, Oversize, Record, Transform,
    async_trait,
    reingest::{Origin, Reingest},
    transform_fn,
};
use jsonschema::Validator;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use tower::Service;

use crate::items::{EVENT as EVENT_OF_ITEMS, numbers};

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<Vec<u8>>>>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink {
    /// Returns the only line, which must be one write.
    fn line(&self) -> Value {
        let [line] = &self.0.lock().unwrap()[..] else { panic!("{:?}", self.0) };
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        assert!(line.starts_with(b"{\"_aws\":{") && line.ends_with(b"}\n"), "{line:?}");
        serde_json::from_slice(line).unwrap()
    }
}

fn transform() -> impl Transform {
    transform_fn(|record: Record| match record.data().as_ref() {
        b"drop" => Outcome::Dropped,
        b"panic" => panic!("told to"),
        b"fail" => Outcome::failed("told to"),
        _ => record.into_data().into(),
    })
}

const EVENT: &str = r#"{"invocationId": "invocation-1", "records": [
    {"recordId": "1", "data": "aGVsbG8="},
    {"recordId": "2", "data": "ZHJvcA=="},
    {"recordId": "3", "data": "cGFuaWM="},
    {"recordId": "4", "data": "ZmFpbA=="},
    {"recordId": "5", "data": "ZmFpbA=="},
    {"recordId": "6", "data": "?"},
    {"data": "aGVsbG8="}
]}"#;

fn metrics() -> Metrics {
    Metrics::new("Tests").unwrap().with_dimension("Stage", "a \"test\"").unwrap()
}

async fn call(handler: Handler<impl Transform>, event: &str) -> String {
    let mut context = Context::default();
    context.request_id = "request-7".to_owned();
    let event = LambdaEvent::new(event.to_owned().into(), context);
    let mut handler = handler;
    str::from_utf8(handler.call(event).await.unwrap().as_bytes()).unwrap().to_owned()
}

#[tokio::test]
async fn failed_items_are_counted() {
    let sink = Sink::default();
    let handler = numbers(ItemErrors::DropItem).with_metrics(metrics().with_writer(sink.clone()));
    call(handler, EVENT_OF_ITEMS).await;
    assert_eq!(sink.line()["ItemsFailed"], 2);
}

fn schema() -> Validator {
    let schema = include_str!("../../../../fixtures/emf/schema.json");
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

/// Checks a line by the schema, and by one more rule: each dimension and metric has a value.
fn violations(line: &Value) -> Vec<String> {
    let mut violations: Vec<_> =
        schema().iter_errors(line).map(|error| error.to_string()).collect();
    for directive in line["_aws"]["CloudWatchMetrics"].as_array().into_iter().flatten() {
        let sets = directive["Dimensions"].as_array().into_iter().flatten();
        for name in sets.flat_map(|set| set.as_array().into_iter().flatten()) {
            if !line[name.as_str().unwrap_or_default()].is_string() {
                violations.push(format!("dimension {name} has no value"));
            }
        }
        for metric in directive["Metrics"].as_array().into_iter().flatten() {
            if !line[metric["Name"].as_str().unwrap_or_default()].is_number() {
                violations.push(format!("metric {metric} has no value"));
            }
        }
    }
    violations
}

#[tokio::test]
async fn an_invocation_has_one_line_by_the_specification() {
    let sink = Sink::default();
    let handler = Handler::new(transform()).with_metrics(metrics().with_writer(sink.clone()));
    let response = call(handler.with_response_budget(10_000), EVENT).await;
    let mut line = sink.line();
    assert_eq!(violations(&line), [""; 0]);

    let expansion = (response.len() as f64 / EVENT.len() as f64 * 1000.0).round() / 1000.0;
    for (name, unit, value) in [
        ("Records", "Count", json!(7)),
        ("Ok", "Count", json!(1)),
        ("Dropped", "Count", json!(1)),
        ("ProcessingFailed", "Count", json!(4)),
        ("BytesIn", "Bytes", json!(22)),
        ("BytesOut", "Bytes", json!(5)),
        ("Expansion", "None", json!(expansion)),
        ("ResponseBudgetUsed", "Percent", json!(response.len() as f64 / 100.0)),
        ("WithoutRecordId", "Count", json!(1)),
        ("FailedPanic", "Count", json!(1)),
        ("FailedError", "Count", json!(2)),
        ("FailedBadPayload", "Count", json!(1)),
    ] {
        assert_eq!(line[name], value, "{name}");
        assert_eq!(unit_of(&line, name), unit, "{name}");
    }
    assert!(line["Duration"].as_f64().unwrap() > 0.0);
    assert_eq!(unit_of(&line, "Duration"), "Milliseconds");

    assert_eq!(line["invocation_id"], "invocation-1");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["Stage"], "a \"test\"");
    let directive = line["_aws"]["CloudWatchMetrics"][0].take();
    assert_eq!(directive["Namespace"], "Tests");
    assert_eq!(directive["Dimensions"], json!([["Stage"]]));
}

#[tokio::test]
async fn records_that_are_put_back_are_counted() {
    struct Back;

    #[async_trait]
    impl Reingest for Back {
        async fn put_back(
            &self,
            _: &Origin,
            records: Vec<Record>,
            _: Option<Instant>,
        ) -> Vec<Result<(), BoxError>> {
            records.iter().map(|_| Ok(())).collect()
        }
    }

    let sink = Sink::default();
    let identity = transform_fn(|record: Record| record.into_data());
    let handler = Handler::new(identity)
        .with_metrics(metrics().with_writer(sink.clone()))
        .with_oversize(Oversize::reingest(Back))
        .with_response_budget(112);
    let event = r#"{"records":[{"recordId":"1","data":"aGVsbG8="},{"recordId":"2","data":"aGVsbG8gd29ybGQ="}]}"#;
    assert!(call(handler, event).await.ends_with(r#""result":"Dropped"}]}"#));
    let line = sink.line();
    assert_eq!(violations(&line), [""; 0]);
    assert_eq!(
        (&line["PutBack"], &line["Dropped"], &line["Ok"]),
        (&1.into(), &1.into(), &1.into())
    );
}

fn unit_of(line: &Value, name: &str) -> String {
    let metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap();
    let metric = metrics.iter().find(|metric| metric["Name"] == name);
    metric.unwrap_or_else(|| panic!("{name} is not declared"))["Unit"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn metrics_of_rare_cases_are_left_out_if_they_are_0() {
    let sink = Sink::default();
    let handler = Handler::new(transform()).with_metrics(metrics().with_writer(sink.clone()));
    call(handler, r#"{"records": []}"#).await;
    let line = sink.line();
    assert_eq!(violations(&line), [""; 0]);
    assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap().len(), 9);
    assert_eq!((&line["Records"], &line["ProcessingFailed"]), (&json!(0), &json!(0)));
    assert_eq!(line["invocation_id"], "request-7");
}

#[tokio::test]
async fn metrics_of_a_report_are_written_on_request_only() {
    let sink = Sink::default();
    let handler = Handler::new(transform()).with_metrics(metrics().with_writer(sink.clone()));
    let report = handler.answer(EVENT).await.unwrap().report;
    assert!(sink.0.lock().unwrap().is_empty());
    metrics().with_writer(sink.clone()).write(&report, "");
    assert_eq!(sink.line()["Records"], 7);

    let sink = Sink::default();
    let handler = Handler::new(transform()).with_metrics(metrics().with_writer(sink.clone()));
    call(handler.without_metrics(), EVENT).await;
    assert!(sink.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_failed_write_does_not_fail_the_invocation() {
    struct Closed;

    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    let handler = Handler::new(transform()).with_metrics(metrics().with_writer(Closed));
    assert!(call(handler, EVENT).await.contains(r#""result":"Ok""#));
}

#[tokio::test]
async fn the_longest_line_is_within_the_limits() {
    let mut metrics = Metrics::new("n".repeat(255)).unwrap();
    for index in 10..40 {
        let name = format!("{index}{}", "d".repeat(248));
        metrics = metrics.with_dimension(name, "\"".repeat(1024)).unwrap();
    }
    let sink = Sink::default();
    let handler = Handler::new(transform()).with_metrics(metrics.with_writer(sink.clone()));
    call(handler, &EVENT.replace("invocation-1", &"\\u0001".repeat(100_000))).await;
    assert_eq!(violations(&sink.line()), [""; 0]);
    assert!(sink.0.lock().unwrap()[0].len() < 100_000, "the limit is 1 MB");
}

#[tokio::test]
async fn the_checks_reject_a_wrong_line() {
    let sink = Sink::default();
    let handler = Handler::new(transform()).with_metrics(metrics().with_writer(sink.clone()));
    call(handler, EVENT).await;
    let right = sink.line();
    for (place, value) in [
        ("/_aws/Timestamp", json!("2026-01-01T00:00:00Z")),
        ("/_aws/CloudWatchMetrics", json!({})),
        ("/_aws/CloudWatchMetrics/0/Namespace", json!("")),
        ("/_aws/CloudWatchMetrics/0/Namespace", json!(":Tests")),
        ("/_aws/CloudWatchMetrics/0/Namespace", json!("ä")),
        ("/_aws/CloudWatchMetrics/0/Dimensions", json!(["Stage"])),
        ("/_aws/CloudWatchMetrics/0/Dimensions/0/0", json!("Nowhere")),
        ("/_aws/CloudWatchMetrics/0/Metrics/0/Name", json!("Nowhere")),
        ("/_aws/CloudWatchMetrics/0/Metrics/0/Unit", json!("Records")),
        ("/Stage", json!(1)),
        ("/Records", json!("7")),
        ("/Records", json!({"Values": [7]})),
    ] {
        let mut wrong = right.clone();
        *wrong.pointer_mut(place).unwrap() = value;
        assert_ne!(violations(&wrong), [""; 0], "{place}");
    }
    let mut wrong = right.clone();
    wrong.as_object_mut().unwrap().remove("_aws");
    assert_ne!(violations(&wrong), [""; 0]);
}

#[test]
fn invalid_names_and_values_are_rejected() {
    let dimension = |name: &str, value: &str| metrics().with_dimension(name, value);
    let full = (0..29).try_fold(metrics(), |it, index| it.with_dimension(format!("d{index}"), "v"));
    for (refused, expected) in [
        (Metrics::new(""), r#"namespace "": must not be empty"#),
        (Metrics::new("n".repeat(256)), "has 256 bytes; the limit is 255"),
        (Metrics::new("naïve"), "only A-Z a-z 0-9"),
        (Metrics::new(" "), "blank"),
        (Metrics::new(":n"), "begin with a colon"),
        (Metrics::new("AWS/Lambda"), "AWS/ is reserved"),
        (dimension("", "v"), r#"dimension name "": must not be empty"#),
        (dimension(&"n".repeat(251), "v"), "has 251 bytes; the limit is 250"),
        (dimension(":n", "v"), "colon"),
        (dimension("Records", "v"), "the line of metrics already has a field with this name"),
        (dimension("FailedPanic", "v"), "the line of metrics already has a field with this name"),
        (dimension("_aws", "v"), "the line of metrics already has a field with this name"),
        (dimension("n", ""), r#"dimension value "": must not be empty"#),
        (dimension("n", "  "), "must not be blank"),
        (dimension("n", "a\nb"), "only printable ASCII"),
        (dimension("n", "ä"), "only printable ASCII"),
        (dimension("n", &"v".repeat(1025)), "has 1025 bytes; the limit is 1024"),
        (full.unwrap().with_dimension("one more", "v"), "the metrics already have 30 dimensions"),
    ] {
        let error: InvalidMetrics = refused.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}
