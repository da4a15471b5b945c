//! Puts to a server that is unreachable or busy, that hangs, or that refuses the request.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use bytes::Bytes;
use firehose_delivery::store::{StoreError, StoreErrorKind, StoredLines};

use crate::{options, server::Server, store};

async fn put(endpoint_url: &str, timeout: Duration) -> Result<(), StoreError> {
    let mut options = options(endpoint_url);
    options.timeout = timeout;
    let content = vec![Bytes::from_static(b"content")];
    store("s3://bucket/pre", &options).put("a/k", content, Some("gzip")).await
}

const PATIENT: Duration = Duration::from_secs(20);

/// The longest time that a put may take on a busy machine. The store's client alone would retry for
/// three minutes.
const MAX_PUT_TIME: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_put_to_a_busy_server_is_retried() {
    let server = Server::new(|number| match number {
        1 | 2 => ("503 Slow Down", "<Error><Code>SlowDown</Code></Error>"),
        3 => ("500 Internal Server Error", ""),
        _ => ("200 OK", ""),
    });
    put(&server.url, PATIENT).await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    let head = &requests[3];
    assert!(head.starts_with("put /bucket/pre/a/k http/1.1\r\n"), "{head}");
    assert!(head.contains("\r\ncontent-encoding: gzip\r\n"), "{head}");
    assert!(head.contains("\r\ncontent-type: application/octet-stream\r\n"), "{head}");
    assert!(!head.contains("secret"), "{head}");
}

#[tokio::test]
async fn retries_of_a_busy_server_end_at_the_timeout() {
    let server = Server::new(|_| ("503 Slow Down", "<Error><Code>SlowDown</Code></Error>"));
    let timeout = Duration::from_secs(2);
    let started = Instant::now();
    let error = put(&server.url, timeout).await.unwrap_err();
    assert!(started.elapsed() < MAX_PUT_TIME, "{:?}", started.elapsed());
    assert!(server.requests().len() > 2);
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    insta::assert_snapshot!(error, @"cannot write s3://bucket/pre/a/k: HTTP 503 Service Unavailable: SlowDown");
}

#[tokio::test]
async fn an_unreachable_server_is_reported_with_the_cause_after_the_timeout() {
    // The port was free a moment ago, so connections are refused.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let timeout = Duration::from_secs(2);
    let started = Instant::now();
    let error = put(&format!("http://{free}"), timeout).await.unwrap_err();
    assert!(started.elapsed() < MAX_PUT_TIME, "{:?}", started.elapsed());
    assert_eq!(error.kind(), StoreErrorKind::Unreachable);
    insta::assert_snapshot!(error, @"cannot write s3://bucket/pre/a/k: Connection refused (os error 111)");
    let started = Instant::now();
    let mut options = options(&format!("http://{free}"));
    options.timeout = 10 * MAX_PUT_TIME;
    let error = store("s3://bucket", &options).check().await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unreachable);
    assert!(started.elapsed() < MAX_PUT_TIME, "the check did not give up soon");
}

#[tokio::test]
async fn a_put_to_a_server_that_hangs_ends_at_the_timeout() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let started = Instant::now();
    let error = put(&url, Duration::from_secs(1)).await.unwrap_err();
    assert!(started.elapsed() < MAX_PUT_TIME, "{:?}", started.elapsed());
    assert_eq!(error.kind(), StoreErrorKind::TimedOut, "{error}");
}

#[tokio::test]
async fn a_refused_put_is_not_retried_and_the_error_names_the_permissions() {
    let server = Server::new(|_| {
        let body = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message>\
            <HostId>SECRET</HostId></Error>";
        ("403 Forbidden", body)
    });
    let error = put(&server.url, PATIENT).await.unwrap_err();
    assert_eq!(server.requests().len(), 1);
    assert_eq!(error.kind(), StoreErrorKind::Denied);
    insta::assert_snapshot!(error, @"cannot write s3://bucket/pre/a/k: HTTP 403 Forbidden: AccessDenied: Access Denied; writing needs s3:ListBucket and s3:PutObject, reading needs s3:ListBucket and s3:GetObject");
    let store = store("s3://bucket/pre", &options(&server.url));
    let error = store.check().await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Denied);
    let asked = server.requests().pop().unwrap();
    assert!(asked.starts_with("get /bucket?") && asked.contains("max-keys=1"), "{asked}");
    let error = StoredLines::open("s3://bucket/k", &options(&server.url)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Denied, "{error}");
}

#[tokio::test]
async fn the_error_for_a_bucket_in_another_region_mentions_the_region() {
    let server = Server::new(|_| ("301 Moved Permanently", ""));
    let error = put(&server.url, PATIENT).await.unwrap_err();
    assert!(error.to_string().contains("AWS_REGION"), "{error}");
}

#[tokio::test]
async fn without_credentials_the_error_says_how_to_set_them() {
    // The metadata service of this machine has no role. Most machines have no metadata service.
    let metadata = Server::new(|_| ("404 Not Found", ""));
    let mut options = options("http://127.0.0.1:1");
    options.environment = vec![("AWS_METADATA_ENDPOINT".to_owned(), metadata.url)];
    let error = store("s3://bucket", &options).check().await.unwrap_err();
    insta::assert_snapshot!(error, @r#"cannot write to s3://bucket: the environment has no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; profiles and SSO are not read, but `eval "$(aws configure export-credentials --format env)"` sets both variables from a profile"#);
}
