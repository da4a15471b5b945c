//! Records of several items: the counts of failed items, and the invocation of a record.

use firehose_runtime::{
    BoxError, Handler, ItemErrors, JsonLines, Outcome, Record, for_each, transform_fn,
};

/// Two records: `1\nx\n2\n` and `x`.
pub(crate) const EVENT: &str = r#"{"invocationId": "i-1", "region": "eu-west-1",
    "deliveryStreamArn": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks",
    "records": [
        {"recordId": "r-1", "data": "MQp4CjIK"},
        {"recordId": "r-2", "data": "eA=="}
    ]}"#;

/// Returns a handler of JSON lines that are numbers.
pub(crate) fn numbers(errors: ItemErrors) -> Handler<impl firehose_runtime::Transform> {
    let number = transform_fn(|record: Record| -> Result<Outcome, BoxError> {
        Ok(record.json::<u64>()?.to_string().into())
    });
    Handler::new(for_each(JsonLines, number).on_item_error(errors))
}

#[tokio::test]
async fn the_report_counts_failed_items() {
    let answer = numbers(ItemErrors::DropItem).answer(EVENT).await.unwrap();
    let report = &answer.report;
    assert_eq!((report.ok, report.dropped, report.items_failed), (1, 1, 2));
    let items = report.first_failed_items.iter().map(|it| (it.record_id.as_str(), it.number));
    assert_eq!(items.collect::<Vec<_>>(), [("r-1", 2), ("r-2", 1)]);
    assert_eq!(report.first_failed_items[0].cause, "expected value at line 1 column 1");

    let answer = numbers(ItemErrors::KeepOriginal).answer(EVENT).await.unwrap();
    assert_eq!((answer.report.ok, answer.report.items_failed), (2, 2));

    let report = numbers(ItemErrors::FailRecord).answer(EVENT).await.unwrap().report;
    assert_eq!((report.failures.len(), report.items_failed), (2, 0));
    let cause = "1 of 3 items failed: item 2: expected value at line 1 column 1";
    assert_eq!(report.failures[0].cause, cause);
    assert_eq!(report.failures[1].cause, "expected value at line 1 column 1");
}

#[tokio::test]
async fn a_record_has_its_invocation() {
    let shown = |record: Record| {
        let invocation = record.invocation();
        let parts = [invocation.id(), invocation.delivery_stream_name(), invocation.region()];
        parts.map(Option::unwrap_or_default).join(" ")
    };
    let handler = Handler::new(transform_fn(shown));
    let handler = &handler;
    let answer = |event| async move { handler.answer(event).await.unwrap().response };
    // The base64 of "i-1 clicks eu-west-1".
    let response = answer(EVENT).await;
    assert_eq!(
        response,
        r#"{"records":[{"recordId":"r-1","result":"Ok","data":"aS0xIGNsaWNrcyBldS13ZXN0LTE="},{"recordId":"r-2","result":"Ok","data":"aS0xIGNsaWNrcyBldS13ZXN0LTE="}]}"#
    );
    let response = answer(r#"{"records": [{"recordId": "1", "data": ""}]}"#).await;
    assert_eq!(response, r#"{"records":[{"recordId":"1","result":"Ok","data":"ICA="}]}"#);
}
