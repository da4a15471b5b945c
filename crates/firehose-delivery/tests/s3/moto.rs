//! Tests with moto, over plain HTTP and over TLS. `.ci/moto.py` starts moto and runs these tests.
//! `MOTO_ADDRESS` is the plain address, and `AWS_ENDPOINT_URL` the URL with TLS.

use std::io::Write;

use bytes::Bytes;
use firehose_delivery::store::{Store, StoreErrorKind, StoreOptions, StoredLines};
use flate2::{Compression as Level, write::GzEncoder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{options, store};

fn address() -> String {
    std::env::var("MOTO_ADDRESS").expect("MOTO_ADDRESS must be set; run .ci/moto.py")
}

/// Sends a request to moto's S3, and returns the whole response.
async fn s3(method: &str, path: &str) -> String {
    let mut connection = TcpStream::connect(address()).await.unwrap();
    // moto requires a signature, but does not check it.
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\nconnection: close\r\n\
         authorization: AWS4-HMAC-SHA256 Credential=id/20260101/us-east-1/s3/aws4_request, \
         SignedHeaders=host, Signature=0\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.starts_with("HTTP/1.1 200"), "{method} {path}: {answer}");
    answer
}

async fn lines(argument: &str, options: &StoreOptions) -> (Vec<String>, u64) {
    let mut lines = StoredLines::open(argument, options).await.unwrap();
    let mut found = Vec::new();
    while let Some(line) = lines.next().await {
        let line = line.unwrap();
        let text = String::from_utf8(line.text.to_vec()).unwrap();
        found.push(format!("{}:{}:{text}", line.object, line.number));
    }
    (found, lines.objects())
}

async fn put(store: &Store, key: &str, content: &[u8], content_encoding: Option<&'static str>) {
    store.put(key, vec![Bytes::copy_from_slice(content)], content_encoding).await.unwrap();
}

/// Puts objects, reads them back, and checks their headers with requests outside of the store.
async fn round_trip(bucket: &str, options: &StoreOptions) {
    s3("PUT", &format!("/{bucket}")).await;
    let store = store(&format!("s3://{bucket}/pre"), options);
    store.check().await.unwrap();
    let mut packed = GzEncoder::new(Vec::new(), Level::default());
    packed.write_all(b"one\ntwo\n").unwrap();
    put(&store, "b/2.gz", &packed.finish().unwrap(), Some("gzip")).await;
    put(&store, "b/day=1 \u{fc}%20/1", b"three", None).await;
    put(&store, "../c", b"four", None).await;
    // The AWS console creates such an object for a folder.
    s3("PUT", &format!("/{bucket}/pre/b/")).await;

    let location = format!("s3://{bucket}/pre");
    let b = [
        format!("{location}/b/2.gz:1:one"),
        format!("{location}/b/2.gz:2:two"),
        format!("{location}/b/day=1 \u{fc}%20/1:1:three"),
    ];
    let all = [&[format!("{location}/%2E%2E/c:1:four")], &b[..]].concat();
    assert_eq!(lines(&location, options).await, (all, 3));
    for prefix in ["/b", "/b/"] {
        assert_eq!(lines(&format!("{location}{prefix}"), options).await, (b.to_vec(), 2));
    }
    let object = format!("{location}/b/2.gz");
    assert_eq!(lines(&object, options).await, (b[..2].to_vec(), 1));
    assert_eq!(lines(&format!("{location}/none"), options).await, (vec![], 0));

    let head = s3("HEAD", &format!("/{bucket}/pre/b/2.gz")).await.to_ascii_lowercase();
    assert!(head.contains("content-type: application/octet-stream"), "{head}");
    assert!(head.contains("content-encoding: gzip"), "{head}");
    let head = s3("HEAD", &format!("/{bucket}/pre/b/day%3D1%20%C3%BC%2520/1")).await;
    assert!(!head.to_ascii_lowercase().contains("content-encoding"), "{head}");
}

#[tokio::test]
#[ignore = "needs moto: run .ci/moto.py"]
async fn objects_are_put_and_read_back_over_http() {
    round_trip("store-http", &options(&format!("http://{}", address()))).await;
}

#[tokio::test]
#[ignore = "needs moto: run .ci/moto.py"]
async fn objects_are_put_and_read_back_over_tls_at_the_endpoint_of_the_environment() {
    let options = StoreOptions::default();
    let endpoint = options.environment.iter().find(|(name, _)| name == "AWS_ENDPOINT_URL");
    assert!(endpoint.is_some_and(|(_, url)| url.starts_with("https://")), "{endpoint:?}");
    round_trip("store-tls", &options).await;
}

#[tokio::test]
#[ignore = "needs moto: run .ci/moto.py"]
async fn objects_beyond_the_first_page_of_a_list_are_read() {
    s3("PUT", "/store-pages").await;
    let options = options(&format!("http://{}", address()));
    let store = store("s3://store-pages", &options);
    for number in 0..1001 {
        put(&store, &format!("{number:04}"), b"line", None).await;
    }
    let (lines, objects) = lines("s3://store-pages", &options).await;
    assert_eq!((lines.len(), objects), (1001, 1001));
    assert!(lines.is_sorted());
}

#[tokio::test]
#[ignore = "needs moto: run .ci/moto.py"]
async fn the_check_detects_a_missing_bucket() {
    let store = store("s3://store-none/pre", &options(&format!("http://{}", address())));
    let error = store.check().await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::NotFound);
    insta::assert_snapshot!(error, @"cannot write to s3://store-none/pre: HTTP 404 Not Found: NoSuchBucket: The specified bucket does not exist; create the bucket with `aws s3 mb`, or check its name and the endpoint");
    let error = store.put("k", vec![], None).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::NotFound, "{error}");
}
