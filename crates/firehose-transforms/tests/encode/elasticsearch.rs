use firehose_transforms::encode::{BulkAction, ElasticsearchBulk};

use crate::encoding::{encoded, joined, value};

#[tokio::test]
async fn a_bulk_action_precedes_each_document() {
    let bulk = ElasticsearchBulk::new()
        .with_action(BulkAction::Create)
        .with_index(value("logs"))
        .unwrap()
        .with_id(value(".id"))
        .with_routing(value(".tenant"))
        .with_pipeline(value(".pipeline"));
    assert_eq!(
        joined(bulk.clone(), "{\"id\":1}\n{\"id\":\"é\",\"tenant\":\"t\"}").await,
        concat!(
            "{\"create\":{\"_index\":\"logs\",\"_id\":\"1\"}}\n{\"id\":1}\n",
            "{\"create\":{\"_index\":\"logs\",\"_id\":\"é\",\"routing\":\"t\"}}\n",
            "{\"id\":\"é\",\"tenant\":\"t\"}\n"
        )
    );
    for (item, expected) in [
        ("[]", "the item is not a JSON object"),
        (r#"{"id":""}"#, "id: the value is null or empty"),
        (r#"{"id":{}}"#, "id: the value is an object; it must be a text, a number or a boolean"),
    ] {
        assert_eq!(encoded(&bulk, item), Err(expected.to_owned()), "{item}");
    }
    let plain = ElasticsearchBulk::new();
    assert_eq!(encoded(&plain, "{\n}").as_deref(), Ok("{\"index\":{}}\n{}"));
    assert!(encoded(&plain, "{").unwrap_err().starts_with("the item is not valid JSON"));
}
