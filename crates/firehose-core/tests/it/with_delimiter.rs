use firehose_core::{Outcome, Output, Record, Transform, TransformExt, transform_fn};

async fn delimited(data: &'static str, delimiter: &'static str) -> Output {
    let identity = transform_fn(|record: Record| {
        Output::new(record.into_data()).with_partition_key("kept", "yes")
    });
    // The second call must change nothing.
    let twice = identity.with_delimiter(delimiter).with_delimiter(delimiter);
    twice.transform(Record::new("1", data)).await.unwrap().into_output().unwrap()
}

#[tokio::test]
async fn ends_each_output_once_and_keeps_its_routing() {
    for (data, delimiter, expected) in [
        ("{}", "\n", "{}\n"),
        ("{}\n", "\n", "{}\n"),
        ("", "\n", ""),
        ("a\r", "\r\n", "a\r\r\n"),
        ("a", "", "a"),
    ] {
        let output = delimited(data, delimiter).await;
        assert_eq!(output.data(), expected, "{data:?} with {delimiter:?}");
        assert_eq!(output.partition_keys()["kept"], "yes");
    }
}

#[tokio::test]
async fn a_dropped_record_stays_dropped() {
    let dropped = transform_fn(|_: Record| Outcome::Dropped).with_delimiter("\n");
    assert!(matches!(dropped.transform(Record::new("1", "")).await, Ok(Outcome::Dropped)));
}
