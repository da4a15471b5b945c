//! An S3 server that stores or rejects objects as a test decides.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// The response to a put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Stored,
    /// Stored after this number of seconds, as over a slow network.
    StoredAfter(u64),
    /// A response that asks for a retry.
    Busy,
    Denied,
    /// No response.
    Silence,
}

/// A server of `s3://bucket/pre`.
pub(crate) struct Bucket {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    puts: usize,
    objects: BTreeMap<String, Vec<u8>>,
}

impl Bucket {
    /// Starts a bucket. `answer` maps the number of a put, from 1, to its response.
    pub(crate) fn new(answer: fn(usize) -> Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (connection, state) = (connection.unwrap(), Arc::clone(&shared));
                thread::spawn(move || serve(connection, &state, answer));
            }
        });
        Self { url, state }
    }

    /// Creates a bucket whose address has no server.
    pub(crate) fn down() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Self { url: format!("http://{free}"), state: Arc::default() }
    }

    /// Returns the number of puts so far.
    pub(crate) fn puts(&self) -> usize {
        self.state.lock().unwrap().puts
    }

    /// Returns the objects by key below the prefix.
    pub(crate) fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        self.state.lock().unwrap().objects.clone()
    }
}

/// Serves one request. The next request needs a new connection.
fn serve(connection: TcpStream, shared: &Mutex<State>, answer: fn(usize) -> Answer) {
    let mut reader = BufReader::new(connection);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        // The client can close the connection.
        if reader.read_line(&mut head).unwrap_or_default() == 0 {
            return;
        }
    }
    let lower = head.to_ascii_lowercase();
    let length = lower
        .split_once("content-length: ")
        .map_or(0, |(_, rest)| rest.split("\r\n").next().unwrap().parse().unwrap());
    let mut content = vec![0; length];
    if reader.read_exact(&mut content).is_err() {
        return;
    }
    let (status, body) = match head.strip_prefix("PUT /bucket/pre/") {
        None => ("200 OK", "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"),
        Some(rest) => {
            let mut state = shared.lock().unwrap();
            state.puts += 1;
            let answer = answer(state.puts);
            if let Answer::StoredAfter(seconds) = answer {
                drop(state);
                thread::sleep(Duration::from_secs(seconds));
                state = shared.lock().unwrap();
            }
            match answer {
                Answer::Stored | Answer::StoredAfter(_) => {
                    let key = rest.split([' ', '?']).next().unwrap().to_owned();
                    state.objects.insert(key, content);
                    ("200 OK", "")
                }
                Answer::Busy => ("503 Slow Down", "<Error><Code>SlowDown</Code></Error>"),
                Answer::Denied => ("403 Forbidden", "<Error><Code>AccessDenied</Code></Error>"),
                Answer::Silence => {
                    drop(state);
                    return thread::sleep(Duration::from_secs(600));
                }
            }
        }
    };
    let length = body.len();
    let _ = write!(
        reader.get_mut(),
        "HTTP/1.1 {status}\r\netag: \"1\"\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
}
