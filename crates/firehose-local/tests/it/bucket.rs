//! A bucket that keeps objects or refuses them, as a test tells it to.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// What becomes of a put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Stored,
    /// Stored after so many seconds, as by a slow line.
    StoredAfter(u64),
    /// Try again.
    Busy,
    Denied,
    /// There is none.
    Silence,
}

/// `s3://bucket/pre` at a URL.
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
    /// Answers each put by its number, from 1 on.
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

    /// One at an address where nothing answers.
    pub(crate) fn down() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Self { url: format!("http://{free}"), state: Arc::default() }
    }

    /// By their keys below the prefix.
    pub(crate) fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        self.state.lock().unwrap().objects.clone()
    }
}

/// One request, so that the next comes on a new connection.
fn serve(connection: TcpStream, shared: &Mutex<State>, answer: fn(usize) -> Answer) {
    let mut reader = BufReader::new(connection);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        // The client may have given up.
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
