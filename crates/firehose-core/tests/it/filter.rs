use firehose_core::{Outcome, Record, Transform, TransformExt, transform_fn};

#[tokio::test]
async fn drops_a_record_before_the_transform_runs() {
    let only_a = transform_fn(|record: Record| {
        assert_eq!(record.data(), "a");
        record.into_data()
    })
    .filter(|record| record.data() == "a");
    let outcome = only_a.transform(Record::new("1", "b")).await;
    assert!(matches!(outcome, Ok(Outcome::Dropped)));
    let outcome = only_a.transform(Record::new("1", "a")).await;
    assert!(matches!(outcome, Ok(Outcome::Ok(_))));
}
