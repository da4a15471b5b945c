use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// A server that responds to each request by its number, from 1 on, and keeps the heads of requests.
pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

/// The status line and the body of a response.
pub(crate) type Answer = (&'static str, &'static str);

impl Server {
    pub(crate) fn new(answer: fn(usize) -> Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (connection, kept) = (connection.unwrap(), Arc::clone(&kept));
                thread::spawn(move || serve(connection, &kept, answer));
            }
        });
        Self { url, requests }
    }

    /// Returns the heads of the requests so far, in lower case.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Serves one request and closes the connection, so that the next request needs a new one.
fn serve(connection: TcpStream, requests: &Mutex<Vec<String>>, answer: fn(usize) -> Answer) {
    let mut reader = BufReader::new(connection);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0, "{head}");
    }
    let head = head.to_ascii_lowercase();
    let length = head
        .split_once("content-length: ")
        .map_or(0, |(_, rest)| rest.split("\r\n").next().unwrap().parse().unwrap());
    std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).unwrap();
    let number = {
        let mut requests = requests.lock().unwrap();
        requests.push(head);
        requests.len()
    };
    let (status, body) = answer(number);
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\netag: \"1\"\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    // The client may have given up.
    let _ = reader.get_mut().write_all(answer.as_bytes());
}
