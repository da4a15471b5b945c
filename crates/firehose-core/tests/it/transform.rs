use std::sync::Arc;

use firehose_core::{BoxTransform, Record, Transform, TransformExt, transform_fn};

fn assert_transform<T: Transform>(_: &T) {}

#[tokio::test]
async fn smart_pointers_to_transforms_are_transforms() {
    let shared: Arc<dyn Transform> = Arc::new(transform_fn(|record: Record| record.into_data()));
    assert_transform(&shared);
    let boxed: BoxTransform = Arc::clone(&shared).boxed();
    assert_transform(&boxed);
    let outcome = boxed.transform(Record::new("1", "same")).await.unwrap();
    assert_eq!(outcome.output().unwrap().data(), "same");
}
