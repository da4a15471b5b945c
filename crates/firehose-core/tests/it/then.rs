use std::sync::{Arc, Mutex};

use firehose_core::{
    IcebergRouting, KinesisMetadata, Outcome, Output, Record, Source, Transform, TransformExt,
    transform_fn,
};

fn append(suffix: &'static str) -> impl Transform + Clone {
    transform_fn(move |record: Record| [record.data(), suffix.as_bytes()].concat())
}

async fn text(transform: impl Transform) -> String {
    let outcome = transform.transform(Record::new("1", "x")).await.unwrap();
    String::from_utf8(outcome.into_output().unwrap().into_data().into()).unwrap()
}

#[tokio::test]
async fn is_associative_and_has_the_identity_on_both_sides() {
    let (a, b, c) = (append("a"), append("b"), append("c"));
    let left = text(a.clone().then(b.clone()).then(c.clone())).await;
    assert_eq!(left, text(a.clone().then(b.then(c))).await);
    assert_eq!(left, "xabc");

    let identity = append("");
    assert_eq!(text(identity.clone().then(a.clone())).await, text(a.clone()).await);
    assert_eq!(text(a.clone().then(identity)).await, text(a).await);
}

#[tokio::test]
async fn dropped_and_failed_end_the_chain() {
    let never = || transform_fn(|_: Record| -> Output { panic!("must not run") });
    let dropped = transform_fn(|_: Record| Outcome::Dropped).then(never());
    assert!(matches!(dropped.transform(Record::new("1", "")).await, Ok(Outcome::Dropped)));

    let failed = transform_fn(|_: Record| Outcome::failed("bad")).then(never());
    let outcome = failed.transform(Record::new("1", "")).await.unwrap();
    assert!(matches!(outcome, Outcome::ProcessingFailed(cause) if cause.to_string() == "bad"));
}

#[tokio::test]
async fn routing_accumulates_and_the_later_step_wins() {
    let table = |name| IcebergRouting::new("db", name).unwrap();
    let first = transform_fn(move |_: Record| {
        let output = Output::new("1").with_partition_key("a", "1").with_partition_key("b", "1");
        output.with_iceberg_routing(table("first"))
    });
    let next = transform_fn(|_: Record| Output::new("2").with_partition_key("b", "2"));
    let outcome = first.then(next).transform(Record::new("1", "")).await.unwrap();
    let output = outcome.into_output().unwrap();
    assert_eq!(output.data(), "2");
    let keys: Vec<_> = output.partition_keys().iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(keys, ["a=1", "b=2"]);
    assert_eq!(output.iceberg_routing(), Some(&table("first")));
}

#[tokio::test]
async fn the_next_step_receives_the_same_record_with_new_data() {
    let seen = Arc::new(Mutex::new(None));
    let spy = Arc::clone(&seen);
    let chain = append("!").then(transform_fn(move |record: Record| {
        *spy.lock().unwrap() = Some(record);
        Outcome::Dropped
    }));
    let source = Source::Kinesis(KinesisMetadata::new("shard", "key", "1"));
    let record = Record::new("id", "x").with_source(source);
    chain.transform(record.clone()).await.unwrap();
    assert_eq!(seen.lock().unwrap().take(), Some(record.with_data("x!")));
}
