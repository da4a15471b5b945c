use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use firehose_delivery::function::UrlFunction;
use serde_json::{Value, json};

use crate::suite::{Behavior, Implementation, Setup, Subject};

/// A server of this test at a URL.
struct AtUrl;

impl Implementation for AtUrl {
    type Function = UrlFunction;

    const LIMITS_CONCURRENCY: bool = false;

    fn missing() -> UrlFunction {
        // The port is free again as soon as the listener is dropped.
        function(&TcpListener::bind("127.0.0.1:0").unwrap(), Duration::from_secs(60))
    }

    fn start(setup: Setup) -> Subject<UrlFunction> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let function = function(&listener, setup.limit);
        let received = Arc::new(AtomicUsize::new(0));
        let gate = Arc::new((Mutex::new(false), Condvar::new()));
        let (count, opened) = (Arc::clone(&received), Arc::clone(&gate));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (count, gate) = (Arc::clone(&count), Arc::clone(&gate));
                // Ignore an error: a client that has given up closes the connection.
                thread::spawn(move || serve(&mut stream?, setup, &count, &gate));
            }
        });
        Subject {
            function: Arc::new(function),
            received: Box::new(move || received.load(Ordering::SeqCst)),
            release: Box::new(move || {
                *opened.0.lock().unwrap() = true;
                opened.1.notify_all();
            }),
        }
    }
}

fn function(listener: &TcpListener, limit: Duration) -> UrlFunction {
    let address = listener.local_addr().unwrap();
    let url = format!("http://{address}/2015-03-31/functions/f/invocations");
    UrlFunction::new(url.parse().unwrap(), limit)
}

fn serve(
    stream: &mut TcpStream,
    setup: Setup,
    count: &AtomicUsize,
    gate: &(Mutex<bool>, Condvar),
) -> io::Result<()> {
    let event = read_event(stream)?;
    let number = count.fetch_add(1, Ordering::SeqCst) as u64 + 1;
    let behavior = if number <= setup.events { setup.behavior } else { Behavior::Answer };
    let body = match behavior {
        Behavior::Answer => answer(&event),
        Behavior::ReportError => {
            json!({"errorType": "Faulty", "errorMessage": "told to fail"}).to_string()
        }
        Behavior::Hang => {
            thread::sleep(Duration::from_secs(600));
            return Ok(());
        }
        Behavior::AnswerTooMuch => "A".repeat(7_000_000),
        Behavior::EndEarly => return Ok(()),
        Behavior::Wait => {
            let (is_open, changed) = gate;
            drop(changed.wait_while(is_open.lock().unwrap(), |is_open| !*is_open).unwrap());
            answer(&event)
        }
    };
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// Reads a request with a `content-length`, and returns its body.
fn read_event(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut request = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let end_of_head = request.windows(4).position(|it| it == b"\r\n\r\n");
        if let Some(end) = end_of_head {
            let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.unwrap().parse().unwrap();
            let mut body = request.split_off(end + 4);
            let read = body.len();
            body.resize(length, 0);
            stream.read_exact(&mut body[read..])?;
            return Ok(body);
        }
        match stream.read(&mut chunk)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => request.extend_from_slice(&chunk[..read]),
        }
    }
}

/// Returns the response that answers each record with its own data.
fn answer(event: &[u8]) -> String {
    let event: Value = serde_json::from_slice(event).unwrap();
    let records = event["records"].as_array().unwrap().iter();
    let answers: Vec<_> = records
        .map(|it| json!({"recordId": it["recordId"], "result": "Ok", "data": it["data"]}))
        .collect();
    json!({ "records": answers }).to_string()
}

crate::conformance_tests!(AtUrl);
