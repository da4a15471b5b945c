use std::{collections::BTreeMap, io::Read, time::Duration};

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::{
    super::{
        http_request::HttpReply,
        scripted_endpoint::{Answer, json_reply},
        transport::TransportError,
    },
    delivery::{deliver, http, shown},
};
use crate::delivery_stream::HttpEndpointConfig;

#[tokio::test(start_paused = true)]
async fn a_request_to_an_http_endpoint_has_the_form_of_firehose() {
    let found = deliver(http(), &["a", "", "b\n"], |_, _| Answer::Take).await;
    assert_eq!((found.delivered, found.attempts, found.messages.len()), (3, 1, 0));
    let mut request = found.requests[0].clone();
    let mut body: Value = serde_json::from_slice(&request.body).unwrap();
    assert!(body["timestamp"].as_i64().unwrap() > 1_700_000_000_000);
    body["timestamp"] = json!(0);
    request.body = body.to_string().into();
    insta::assert_snapshot!(shown(&request), @r#"
    http://localhost:9/base/
    Content-Type: application/json
    X-Amz-Firehose-Protocol-Version: 1.0
    X-Amz-Firehose-Request-Id: <uuid>
    X-Amz-Firehose-Source-Arn: arn:aws:firehose:us-east-1:123456789012:deliverystream/demo
    X-Amz-Firehose-Access-Key: k3y
    X-Amz-Firehose-Common-Attributes: {"commonAttributes":{"env":"test \"1\""}}
    {"records":[{"data":"YQ=="},{"data":""},{"data":"Ygo="}],"requestId":"<uuid>","timestamp":0}
    "#);
}

#[tokio::test(start_paused = true)]
async fn a_request_is_compressed_on_demand() {
    let retry_duration = Duration::ZERO;
    let config = HttpEndpointConfig { gzip: true, access_key: None, retry_duration, ..http() };
    let found = deliver(config, &["a"], |_, _| Answer::Reply(HttpReply::default())).await;
    let request = &found.requests[0];
    assert!(request.headers.contains(&("Content-Encoding", "gzip".to_owned())));
    assert!(!request.headers.iter().any(|(name, _)| *name == "X-Amz-Firehose-Access-Key"));
    let mut text = String::new();
    GzDecoder::new(&*request.body).read_to_string(&mut text).unwrap();
    assert!(text.contains("\"records\":[{\"data\":\"YQ==\"}]"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_request_is_repeated_with_the_same_id_until_the_endpoint_takes_it() {
    let found = deliver(http(), &["a", "b"], |number, _| match number {
        1 => Answer::Reply(json_reply(500, &json!({}))),
        2 => Answer::Fail(TransportError::Closed("early".to_owned())),
        _ => Answer::Take,
    })
    .await;
    assert_eq!((found.delivered, found.attempts), (2, 3));
    let ids: Vec<_> = found.requests.iter().map(|it| it.headers[2].1.clone()).collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| *id == ids[0]));
    let messages = ["attempt 1: 2 records, again", "attempt 2: 2 records, again"];
    assert_eq!(found.messages, messages);
    assert!((2.5..3.5).contains(&found.seconds), "{}", found.seconds);
}

#[tokio::test(start_paused = true)]
async fn an_error_line_of_an_http_endpoint_has_the_response_and_the_data_of_the_request() {
    let reply = json!({"requestId": "x", "timestamp": 1, "errorMessage": "Unauthorized"});
    let answer = move |_, _: &_| Answer::Reply(json_reply(401, &reply));
    let found = deliver(http(), &["a"], answer).await;
    let mut line = found.lines[0].clone();
    assert_eq!(found.failed, BTreeMap::from([("HttpEndpoint.DestinationException", 1)]));
    // 1 + 2 + 4 + ... + 64 + 120 > 300, and the last retry is at the end of the 300 seconds.
    assert_eq!(line["attemptsMade"], 10);
    assert!((299.0..301.0).contains(&found.seconds), "{}", found.seconds);
    assert!(found.error_keys[0].starts_with("errors/http-endpoint-failed/"));
    line["attemptEndingTimestamp"] = json!(0);
    insta::assert_snapshot!(line.to_string(), @r#"{"arrivalTimestamp":1700000000000,"attemptEndingTimestamp":0,"attemptsMade":10,"dataId":"49621.0","errorCode":"HttpEndpoint.DestinationException","errorMessage":"The following response was received from the endpoint destination. 401: {\"errorMessage\":\"Unauthorized\",\"requestId\":\"x\",\"timestamp\":1}","rawData":"YQ==","subsequenceNumber":0}"#);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_too_large_is_not_repeated_and_warned_about() {
    let answer = |_, _: &_| Answer::Reply(json_reply(413, &json!({})));
    let found = deliver(http(), &["a"], answer).await;
    assert_eq!((found.requests.len(), found.lines[0]["attemptsMade"].as_u64()), (1, Some(1)));
    insta::assert_snapshot!(found.messages.join("\n"), @r"
    attempt 1: 1 records, no more
    warning: demo: Firehose neither repeats nor backs up a request that the HTTP endpoint rejects with status 413, so its records are lost; here, they are in the error output
    ");
}
