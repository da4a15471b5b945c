use firehose_core::{Record, Transform, TransformExt, transform_fn};

#[tokio::test]
async fn keys_accumulate_and_an_error_fails_the_record() {
    let identity = transform_fn(|record: Record| record.into_data());
    let keyed = identity
        .partition_by("length", |output| Ok(output.data().len().to_string()))
        .partition_by("first", |output| {
            let first = output.data().first().ok_or("the record is empty")?;
            Ok(char::from(*first).to_string())
        });
    let outcome = keyed.transform(Record::new("1", "abc")).await.unwrap();
    let keys = outcome.output().unwrap().partition_keys();
    assert_eq!((keys["length"].as_str(), keys["first"].as_str()), ("3", "a"));

    let error = keyed.transform(Record::new("1", "")).await.unwrap_err();
    assert_eq!(error.to_string(), "the record is empty");
}
