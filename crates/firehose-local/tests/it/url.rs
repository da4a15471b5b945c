use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use crate::firehose_local::{INTEGERS, Run, run};

/// Runs `invoke` against a server that answers one request with these header lines and this body.
/// If `head` is empty, the server closes the connection without an answer.
fn invoke(head: &'static str, body: &'static str) -> Run {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url =
        format!("http://{}/2015-03-31/functions/f/invocations", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_request(&mut stream);
        if !head.is_empty() {
            let length = body.len();
            write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
        }
    });
    run(&["invoke", "--timeout", "20", "--url", &url, INTEGERS])
}

fn read_request(stream: &mut TcpStream) {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    // The event ends with these bytes, and contains them nowhere else.
    while !request.ends_with(b"  ]\n}\n") {
        let read = stream.read(&mut chunk).unwrap();
        assert_ne!(read, 0, "the request is incomplete");
        request.extend_from_slice(&chunk[..read]);
    }
}

#[test]
fn a_response_is_checked() {
    let run = invoke("HTTP/1.1 200 OK", r#"{"records":[]}"#);
    run.ends(1, "not answered");
    assert_eq!(run.stdout, "{\"records\":[]}\n");
}

#[test]
fn each_form_of_a_function_error_is_recognized() {
    let body = r#"{"errorType": "Faulty", "errorMessage": "told to fail"}"#;
    invoke("HTTP/1.1 500 Oops", body).ends(3, "the function failed: Faulty: told to fail");
    invoke("HTTP/1.1 200 OK", body).ends(3, "the function failed: Faulty: told to fail");
    invoke("HTTP/1.1 200 OK\r\nx-amz-function-error: Unhandled", "{}").ends(3, "HTTP 200 OK: {}");
    invoke("HTTP/1.1 502 Bad Gateway", "").ends(3, "HTTP 502 Bad Gateway: no message");
}

#[test]
fn an_error_may_lack_its_type_or_message_and_a_response_may_have_more_fields() {
    let null = r#"{"errorType": "Faulty", "errorMessage": null}"#;
    invoke("HTTP/1.1 200 OK", null).ends(3, "the function failed: Faulty\n");
    let bare = r#"{"errorMessage": "told to fail"}"#;
    invoke("HTTP/1.1 200 OK", bare).ends(3, "the function failed: told to fail\n");
    let response = r#"{"errorType": "none", "records": []}"#;
    invoke("HTTP/1.1 200 OK", response).ends(1, "not answered");
}

#[test]
fn a_response_over_the_limit_is_a_function_error() {
    let response = format!(r#"{{"records": [], "x": "{}"}}"#, "x".repeat(6_300_000));
    invoke("HTTP/1.1 200 OK", response.leak())
        .ends(3, "bytes, more than Lambda's limit of 6291556");
}

#[test]
fn a_function_that_does_not_answer_is_a_function_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://name:secret@{}/invocations", listener.local_addr().unwrap());
    run(&["invoke", "--timeout", "1", "--url", &url, INTEGERS])
        .ends(3, "did not answer within 1 s");
    drop(listener);
    let run = run(&["invoke", "--url", &url, INTEGERS]);
    run.ends(4, "is `cargo lambda watch` or the emulator running there?");
    assert!(!run.stderr.contains("secret"), "{}", run.stderr);
}

#[test]
fn a_function_that_does_not_exist_is_exit_code_4() {
    let message = "the function does not exist (HTTP 404 Not Found): try another";
    invoke("HTTP/1.1 404 Not Found", "try another").ends(4, message);
}

#[test]
fn a_closed_connection_is_a_function_error() {
    invoke("", "").ends(3, "the function closed the connection without a complete response");
}

#[test]
fn an_unreachable_url_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/invocations", listener.local_addr().unwrap());
    drop(listener);
    run(&["invoke", "--url", &url, INTEGERS]).ends(4, &format!("cannot reach {url}"));
}

#[test]
fn no_command_prints_a_password() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://name:secret@{address}/invocations");
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    for command in [
        &["invoke", INTEGERS][..],
        &["run", "--delivery-stream", "demo", "--to", to, "fixtures/delivery/numbers.jsonl"],
        &["replay", "fixtures/error-lines/numbers.jsonl"],
    ] {
        for json in [&[][..], &["--json"]] {
            let run = run(&[command, json, &["--url", &url]].concat());
            run.ends(4, &format!("cannot reach http://{address}/invocations: "));
            let output = run.stdout + &run.stderr;
            assert!(
                !output.contains("secret") && !output.contains("name:"),
                "{command:?}: {output}"
            );
        }
    }
}
