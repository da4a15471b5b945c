//! The client by itself, with a server on a thread.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use bytes::Bytes;
use reqwest::Url;

use super::super::{
    http_client::HttpClient,
    http_request::{HttpReply, HttpRequest},
    transport::{Transport, TransportError},
};

/// Sends a request to a server that answers with this text, and then closes the connection.
async fn post(answer: &'static str, key: &str) -> Result<HttpReply, TransportError> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    thread::spawn(move || {
        let Ok((mut connection, _)) = listener.accept() else { return };
        let _ = connection.read(&mut [0; 4096]);
        let _ = connection.write_all(answer.as_bytes());
    });
    let client = HttpClient::new(&url, 10).unwrap();
    let headers = vec![("X-Key", key.to_owned())];
    client.post(HttpRequest { url, headers, body: Bytes::from_static(b"body") }).await
}

#[tokio::test]
async fn a_response_keeps_the_headers_that_matter() {
    let reply =
        post("HTTP/1.1 201 Created\r\ncontent-type: a/b\r\ncontent-length: 2\r\n\r\nok", "k");
    let expected = HttpReply {
        status: 201,
        content_type: Some("a/b".to_owned()),
        is_encoded: false,
        has_length: true,
        body: Bytes::from_static(b"ok"),
    };
    assert_eq!(reply.await, Ok(expected));
    let chunked =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-encoding: br\r\n\r\n0\r\n\r\n";
    let reply = post(chunked, "k").await.unwrap();
    assert!(reply.is_encoded && !reply.has_length && reply.body.is_empty());
}

#[tokio::test]
async fn each_fault_has_its_error() {
    let long = "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n12345678901";
    assert_eq!(post(long, "k").await, Err(TransportError::TooLong(10)));
    for cut in ["", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab", "no http\r\n\r\n"] {
        let error = post(cut, "k").await.unwrap_err();
        assert!(matches!(error, TransportError::Closed(_)), "{cut:?} {error}");
    }
    assert_eq!(post("", "a\nb").await, Err(TransportError::Header("X-Key")));
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = Url::parse(&format!("http://user:s3cret@{free}/")).unwrap();
    let client = HttpClient::new(&url, 10).unwrap();
    let request = HttpRequest { url, headers: Vec::new(), body: Bytes::new() };
    let error = client.post(request).await.unwrap_err();
    assert!(matches!(error, TransportError::Connect(_)), "{error}");
    assert!(!error.to_string().contains("s3cret"), "{error}");
}
