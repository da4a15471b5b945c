use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use serde_json::json;

use super::{
    super::{
        scripted_endpoint::{Answer, json_reply},
        transport::TransportError,
    },
    delivery::{deliver, shown, splunk},
};
use crate::delivery_stream::{HecEndpointType, SplunkConfig};

#[tokio::test(start_paused = true)]
async fn a_request_to_splunk_has_a_channel_and_waits_for_its_acknowledgment() {
    let asked = Mutex::new(0);
    let found = deliver(splunk(), &["one", "two"], move |number, _| match number {
        0 => {
            let mut asked = asked.lock().unwrap();
            *asked += 1;
            match *asked {
                1 => Answer::Fail(TransportError::Closed("early".to_owned())),
                2 | 3 => Answer::Reply(json_reply(200, &json!({"acks": {"7": false}}))),
                _ => Answer::Take,
            }
        }
        _ => Answer::Take,
    })
    .await;
    assert_eq!((found.delivered, found.attempts, found.requests.len()), (2, 1, 5));
    let texts = [shown(&found.requests[0]), shown(&found.requests[1])];
    insta::assert_snapshot!(texts.join("\n---\n"), @r#"
    http://localhost:9/base/services/collector/raw?channel=<uuid>
    Content-Type: text/plain
    X-Splunk-Request-Channel: <uuid>
    Authorization: Splunk t0ken
    one
    two
    ---
    http://localhost:9/base/services/collector/ack?channel=<uuid>
    Content-Type: application/json
    X-Splunk-Request-Channel: <uuid>
    Authorization: Splunk t0ken
    {"acks":[7]}
    "#);
}

#[tokio::test(start_paused = true)]
async fn records_that_splunk_does_not_acknowledge_are_sent_again_and_fail() {
    let config = SplunkConfig { retry_duration: Duration::from_secs(1), ..splunk() };
    let found = deliver(config, &["one"], |number, _| match number {
        0 => Answer::Reply(json_reply(200, &json!({"acks": {"7": false}}))),
        _ => Answer::Take,
    })
    .await;
    assert_eq!(found.failed, BTreeMap::from([("Splunk.AckTimeout", 1)]));
    assert!(found.seconds >= 2.0 * 180.0 + 1.0, "{}", found.seconds);
    let line = &found.lines[0];
    assert_eq!(line["EventId"], "49621.0");
    let message = line["errorMessage"].as_str().unwrap();
    assert!(message.ends_with("last answer: 200: {\"acks\":{\"7\":false}}"), "{message}");
    assert!(found.error_keys[0].starts_with("errors/splunk-failed/"));
}

#[tokio::test(start_paused = true)]
async fn events_go_to_the_endpoint_for_events() {
    let config = SplunkConfig { endpoint_type: HecEndpointType::Event, ..splunk() };
    let found = deliver(config, &["{\"event\":1}"], |_, _| Answer::Take).await;
    assert_eq!(found.requests[0].url.path(), "/base/services/collector/event");
    assert_eq!(found.requests[0].headers[0].1, "application/json");
    assert_eq!(found.requests[1].url.path(), "/base/services/collector/ack");
}
