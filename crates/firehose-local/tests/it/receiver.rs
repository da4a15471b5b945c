//! A server that receives the requests of a delivery stream, and answers as a test decides.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

/// A request to the server.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// The path and the query.
    pub(crate) path: String,
    /// The lines of the headers, in lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// The reaction to a request.
#[derive(Clone, Debug)]
pub(crate) enum Reaction {
    /// A response with this status and this JSON.
    Json(u16, Value),
    /// A response with status 200 and this text.
    Text(String),
    /// A response after this number of milliseconds.
    Slow(u64, Value),
    /// The start of a response; then the server closes the connection.
    HalfAnAnswer,
    /// The server closes the connection.
    Close,
    /// No response.
    Silence,
}

/// The server.
pub(crate) struct Receiver {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    /// Starts a server. `react` gets each request.
    pub(crate) fn new(react: impl Fn(&Received) -> Reaction + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let (shared, react) = (Arc::clone(&received), Arc::new(react));
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (received, react) = (Arc::clone(&shared), Arc::clone(&react));
                thread::spawn(move || serve(connection.unwrap(), &received, &*react));
            }
        });
        Self { url, received }
    }

    /// Creates a server with an address at which no program listens.
    pub(crate) fn down() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Self { url: format!("http://{free}"), received: Arc::default() }
    }

    /// Returns the requests so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

impl Received {
    /// Returns the body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Returns the answer of an HTTP endpoint that accepts the records.
    pub(crate) fn taken(&self) -> Value {
        json!({"requestId": self.json()["requestId"], "timestamp": 1_578_090_903_599_u64})
    }
}

/// Serves one request. The next request needs a new connection.
fn serve(
    connection: TcpStream,
    received: &Mutex<Vec<Received>>,
    react: &(dyn Fn(&Received) -> Reaction + Send + Sync),
) {
    let mut reader = BufReader::new(connection);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        // The client can close the connection.
        if reader.read_line(&mut head).unwrap_or_default() == 0 {
            return;
        }
    }
    let path = head.split(' ').nth(1).unwrap().to_owned();
    let head = head.to_ascii_lowercase();
    let length = head
        .split_once("content-length: ")
        .map_or(0, |(_, rest)| rest.split("\r\n").next().unwrap().parse().unwrap());
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let request = Received { path, head, body };
    received.lock().unwrap().push(request.clone());
    let (status, kind, body) = match react(&request) {
        Reaction::Json(status, body) => (status, "application/json", body.to_string()),
        Reaction::Text(text) => (200, "application/json", text),
        Reaction::Slow(milliseconds, body) => {
            thread::sleep(Duration::from_millis(milliseconds));
            (200, "application/json", body.to_string())
        }
        Reaction::HalfAnAnswer => {
            let start =
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{";
            let _ = reader.get_mut().write_all(start.as_bytes());
            return;
        }
        Reaction::Close => return,
        Reaction::Silence => return thread::sleep(Duration::from_secs(600)),
    };
    let length = body.len();
    let _ = write!(
        reader.get_mut(),
        "HTTP/1.1 {status} Status\r\ncontent-type: {kind}\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
}
