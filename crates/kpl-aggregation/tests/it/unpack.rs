//! `Unpack`: outputs that are joined, and failures that fail the whole aggregate.

use std::error::Error;

use firehose_core::{
    BoxError, IcebergRouting, KinesisMetadata, Outcome, Output, Record, Source, Transform,
    transform_fn,
};
use kpl_aggregation::{Aggregator, Unpack};

use crate::peer_differences::framed;

/// Unpacks an aggregate with an inner transform that follows the instruction in each user record.
async fn answer(delimiter: &'static str, user_records: &[&'static str]) -> Outcome {
    let inner = transform_fn(|record: Record| -> Result<Outcome, BoxError> {
        let text = record.text()?.to_owned();
        Ok(match text.split_once(' ') {
            Some(("key", key)) => Output::new("keyed").with_partition_key("k", key).into(),
            Some(("table", table)) => {
                Output::new("routed").with_iceberg_routing(IcebergRouting::new("d", table)?).into()
            }
            Some(("fail", why)) => return Err(why.into()),
            _ if text == "drop" => Outcome::Dropped,
            _ => text.into(),
        })
    });
    let mut aggregator = Aggregator::default();
    for user_record in user_records {
        aggregator.add("key", None, *user_record).unwrap();
    }
    let aggregate = aggregator.finish().unwrap().into_data();
    let unpack = Unpack::new(inner).with_delimiter(delimiter);
    unpack.transform(Record::new("1", aggregate)).await.into()
}

async fn failure(user_records: &[&'static str]) -> String {
    match answer("\n", user_records).await {
        Outcome::ProcessingFailed(cause) => cause.to_string(),
        other => panic!("expected a failure, got {other:?}"),
    }
}

#[tokio::test]
async fn joins_outputs_and_leaves_dropped_records_out() {
    for (delimiter, user_records, expected) in [
        ("\n", &["a", "drop", "b\n", "", "c"][..], "a\nb\nc\n"),
        ("", &["a", "b"], "ab"),
        ("--", &["a", "b--"], "a--b--"),
        ("\n", &["", "drop"], ""),
    ] {
        let outcome = answer(delimiter, user_records).await;
        assert_eq!(outcome.output().unwrap().data(), expected);
    }
    assert!(matches!(answer("\n", &["drop", "drop"]).await, Outcome::Dropped));
}

#[tokio::test]
async fn one_failure_fails_the_aggregate_with_its_cause() {
    let cause = failure(&["a", "fail no unit", "b", "fail no value"]).await;
    assert_eq!(cause, "2 of 4 items failed: item 2: no unit; item 4: no value");
    let cause = failure(&["fail x"; 7]).await;
    assert!(cause.starts_with("7 of 7") && cause.ends_with("item 5: x; and others"), "{cause}");
}

#[tokio::test]
async fn a_cause_includes_its_sources_and_is_limited_in_length() {
    #[derive(Debug)]
    struct Reading(std::num::ParseIntError);
    impl std::fmt::Display for Reading {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("reading the value")
        }
    }
    impl Error for Reading {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }
    let inner = transform_fn(|record: Record| -> Result<Outcome, BoxError> {
        match record.text()? {
            "long" => Err("é".repeat(1000).into()),
            text => Err(Reading(text.parse::<u8>().unwrap_err()).into()),
        }
    });
    let mut aggregator = Aggregator::default();
    aggregator.add("key", None, "x").unwrap();
    aggregator.add("key", None, "long").unwrap();
    let record = Record::new("1", aggregator.finish().unwrap().into_data());
    let cause = Unpack::new(inner).transform(record).await.unwrap_err().to_string();
    let start =
        "2 of 2 items failed: item 1: reading the value: invalid digit found in string; item 2: éé";
    assert!(cause.starts_with(start) && cause.ends_with("é…"), "{cause}");
    assert!(cause.len() < 400, "{}", cause.len());
}

#[tokio::test]
async fn different_routing_fails_the_aggregate() {
    let outcome = answer("\n", &["", "key a", "drop", "key a"]).await;
    assert_eq!(outcome.output().unwrap().partition_keys()["k"], "a");
    for differing in
        [&["key a", "drop", "key b"], &["a", "drop", "key a"], &["table a", "drop", "table b"]]
    {
        let cause = failure(differing).await;
        assert!(
            cause.contains(
                "item 3: its partition keys or Iceberg routing differ from those of item "
            ),
            "{cause}"
        );
    }
}

#[tokio::test]
async fn each_user_record_has_its_own_metadata() {
    let seen = transform_fn(|record: Record| {
        let Source::Kinesis(metadata) = record.source() else { panic!("from Kinesis") };
        let number = metadata.subsequence_number().unwrap();
        format!("{} {number} {}", metadata.partition_key(), metadata.sequence_number())
    });
    let mut aggregator = Aggregator::default();
    aggregator.add("one", None, "").unwrap();
    aggregator.add("two", None, "").unwrap();
    let metadata = KinesisMetadata::new("shard", "a", "49");
    let record = Record::new("1", aggregator.finish().unwrap().into_data());
    let outcome =
        Unpack::new(seen).transform(record.with_source(Source::Kinesis(metadata))).await.unwrap();
    assert_eq!(outcome.output().unwrap().data(), "one 0 49\ntwo 1 49\n");
}

#[tokio::test]
async fn a_plain_record_is_one_user_record() {
    let unpack = Unpack::new(transform_fn(|record: Record| -> Result<Output, BoxError> {
        let data = record.into_data();
        if data == "fail" {
            Err("told to".into())
        } else {
            Ok(Output::new(data).with_partition_key("k", "v"))
        }
    }));
    let outcome = unpack.transform(Record::new("1", "plain")).await.unwrap();
    let output = outcome.output().unwrap();
    assert_eq!(
        (output.data().as_ref(), output.partition_keys()["k"].as_str()),
        (&b"plain\n"[..], "v")
    );
    let error = unpack.transform(Record::new("1", "fail")).await.unwrap_err();
    assert_eq!(error.to_string(), "told to");
}

#[tokio::test]
async fn lost_user_records_fail_the_aggregate() {
    let message = [0x0a, 1, b'k', 0x1a, 4, 8, 0, 0x1a, 0, 0x1a, 4, 8, 9, 0x1a, 0];
    let damaged = framed(&message);
    let unpack = Unpack::new(transform_fn(|record: Record| record.into_data()));
    let error = unpack.transform(Record::new("1", damaged)).await.unwrap_err();
    assert!(
        error.to_string().contains(
            "lost user records: 2, starting with number 0; user record number 1 has partition key index 9"
        ),
        "{error}"
    );
}
