use std::collections::BTreeMap;

use serde_json::json;

use super::{
    super::scripted_endpoint::{Answer, json_reply},
    delivery::{deliver, open_search, shown},
};
use crate::delivery_stream::{IndexRotation, OpenSearchConfig, SearchService};

#[tokio::test(start_paused = true)]
async fn a_bulk_request_has_an_action_for_each_document() {
    let config = OpenSearchConfig { type_name: Some("_doc".to_owned()), ..open_search() };
    let found = deliver(config, &["{\"a\":1}\n", " {\"b\":2}"], |_, _| Answer::Take).await;
    insta::assert_snapshot!(shown(&found.requests[0]), @r#"
    http://localhost:9/base/_bulk
    Content-Type: application/x-ndjson
    {"index":{"_id":"49621.0","_index":"logs-2023-11-14","_type":"_doc"}}
    {"a":1}
    {"index":{"_id":"49622.0","_index":"logs-2023-11-14","_type":"_doc"}}
    {"b":2}
    "#);
    let config = OpenSearchConfig {
        has_document_ids: false,
        rotation: IndexRotation::NoRotation,
        ..open_search()
    };
    let found = deliver(config, &["{}"], |_, _| Answer::Take).await;
    assert_eq!(found.requests[0].body, "{\"index\":{\"_index\":\"logs\"}}\n{}\n");
}

#[tokio::test(start_paused = true)]
async fn only_rejected_documents_are_sent_again() {
    let item = |status: u16| match status {
        201 => json!({"index": {"status": 201}}),
        status => json!({"index": {"status": status, "error": {"type": "t", "reason": "r"}}}),
    };
    let found =
        deliver(open_search(), &["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"], move |number, _| {
            let statuses: &[u16] = match number {
                1 => &[400, 201, 429],
                2 => &[400, 201],
                _ => &[400],
            };
            let items: Vec<_> = statuses.iter().map(|status| item(*status)).collect();
            Answer::Reply(json_reply(200, &json!({"errors": true, "items": items})))
        })
        .await;
    assert_eq!(found.delivered, 2);
    assert_eq!(found.failed, BTreeMap::from([("400", 1)]));
    let last = String::from_utf8(found.requests.last().unwrap().body.to_vec()).unwrap();
    assert!(last.contains("{\"a\":1}") && last.lines().count() == 2, "{last}");
    assert!((299.0..301.0).contains(&found.seconds), "{}", found.seconds);
    let line = &found.lines[0];
    assert_eq!(line["errorMessage"], "{\"reason\":\"r\",\"type\":\"t\"}");
    assert_eq!(line["esDocumentId"], "49621.0");
    assert_eq!(line["esIndexName"], "logs-2023-11-14");
    assert!(found.error_keys[0].starts_with("errors/AmazonOpenSearchService-failed/"));
}

#[tokio::test(start_paused = true)]
async fn a_document_of_several_lines_fails_without_a_request() {
    let records = ["{\"a\":\n1}", "", "{\"b\":2}"];
    let found = deliver(open_search(), &records, |_, _| Answer::Take).await;
    assert_eq!((found.delivered, found.requests.len()), (1, 1));
    assert_eq!(found.failed, BTreeMap::from([("OS.MalformedData", 2)]));
    let elasticsearch = OpenSearchConfig { service: SearchService::Elasticsearch, ..open_search() };
    let found = deliver(elasticsearch, &records, |_, _| Answer::Take).await;
    assert_eq!(found.failed, BTreeMap::from([("ES.MalformedData", 2)]));
    assert!(found.error_keys[0].starts_with("errors/elasticsearch-failed/"));
}
