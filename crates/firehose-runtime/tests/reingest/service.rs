//! A service on loopback that keeps its requests, and answers by the script of a test.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex},
    time::Instant,
};

use aws_sdk_kinesis::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use base64::{Engine, prelude::BASE64_STANDARD};
use firehose_runtime::{
    KinesisMetadata, Record, Source,
    reingest::{AwsReingest, Origin, Reingest},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A request, as it was on the wire.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    raw: Vec<u8>,
    headers: HashMap<String, String>,
    pub(crate) body: Value,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> &str {
        &self.headers[name]
    }

    pub(crate) fn records(&self) -> &Vec<Value> {
        self.body["Records"].as_array().unwrap()
    }

    pub(crate) fn data(&self) -> Vec<String> {
        let text = |it: &Value| BASE64_STANDARD.decode(it["Data"].as_str().unwrap()).unwrap();
        self.records().iter().map(|it| String::from_utf8(text(it)).unwrap()).collect()
    }
}

/// The reply of the service to a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Json(u16, Value),
    /// Reads the request, and ends the connection.
    Close,
    /// Reads the request, and never answers.
    Hang,
    /// Forwards the request to this address, and the answer to the client.
    Forward(String),
}

type Script = dyn FnMut(&Request) -> Reply + Send;

#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    script: Arc<Mutex<Script>>,
}

impl Service {
    pub(crate) async fn start(script: impl FnMut(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(script));
        let service = Self { url, requests: Arc::default(), script };
        let accepting = service.clone();
        tokio::spawn(async move {
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                let serving = accepting.clone();
                // Some tests expect that a client closes the connection.
                tokio::spawn(async move { serving.serve(connection).await });
            }
        });
        service
    }

    /// Starts a service that gives these replies in order, and expects no further request.
    pub(crate) async fn replying(replies: impl IntoIterator<Item = Reply>) -> Self {
        let mut replies: Vec<_> = replies.into_iter().collect();
        replies.reverse();
        Self::start(move |_| {
            replies.pop().expect("the service got more requests than the test expects")
        })
        .await
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Returns a sink that sends its requests to this service.
    pub(crate) fn sink(&self) -> AwsReingest {
        sink(&self.url)
    }

    async fn serve(&self, connection: TcpStream) -> io::Result<()> {
        let mut connection = BufReader::new(connection);
        loop {
            let request = read(&mut connection).await?;
            self.requests.lock().unwrap().push(request.clone());
            let reply = (self.script.lock().unwrap())(&request);
            match reply {
                Reply::Json(status, body) => {
                    let body = body.to_string();
                    let head = format!(
                        "HTTP/1.1 {status} -\r\ncontent-type: application/x-amz-json-1.1\r\n\
                         content-length: {}\r\n\r\n",
                        body.len()
                    );
                    connection.write_all((head + &body).as_bytes()).await?;
                }
                Reply::Close => return Ok(()),
                Reply::Hang => std::future::pending().await,
                Reply::Forward(address) => {
                    let mut onward = TcpStream::connect(address).await?;
                    onward.write_all(&request.raw).await?;
                    let mut answer = Vec::new();
                    onward.read_to_end(&mut answer).await?;
                    connection.write_all(&answer).await?;
                    return Ok(());
                }
            }
        }
    }
}

async fn read(connection: &mut BufReader<TcpStream>) -> io::Result<Request> {
    // The server behind `Reply::Forward` must end the connection after its answer.
    let mut raw = Vec::new();
    connection.read_until(b'\n', &mut raw).await?;
    raw.extend(b"connection: close\r\n");
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        raw.extend(line.as_bytes());
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers["content-length"].parse().unwrap();
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await?;
    raw.extend(&body);
    let body = serde_json::from_slice(&body).unwrap();
    Ok(Request { raw, headers, body })
}

/// Returns the configuration of clients for this endpoint and region.
pub(crate) fn config(url: &str, region: &'static str) -> aws_config::SdkConfig {
    let credentials = Credentials::new("id", "secret", None, None, "test");
    aws_config::SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(url)
        .build()
}

pub(crate) fn sink(url: &str) -> AwsReingest {
    let config = config(url, "us-east-1");
    let firehose = aws_sdk_firehose::Client::new(&config);
    AwsReingest::new(aws_sdk_kinesis::Client::new(&config), firehose)
}

pub(crate) fn origin() -> Origin {
    let mut origin = Origin::default();
    let account = "eu-west-1:111122223333";
    origin.source_kinesis_stream_arn = Some(format!("arn:aws:kinesis:{account}:stream/orders"));
    origin.delivery_stream_arn = Some(format!("arn:aws:firehose:{account}:deliverystream/lake"));
    origin
}

/// Returns a record from a Kinesis data stream with this partition key and data.
pub(crate) fn kinesis(key: &str, data: impl Into<firehose_runtime::Bytes>) -> Record {
    let metadata = KinesisMetadata::new("shardId-000000000000", key, "4957");
    Record::new("id", data).with_source(Source::Kinesis(metadata))
}

/// Returns the result for each record: an empty text for a record that was put back, or the error.
pub(crate) async fn put_back(
    sink: &AwsReingest,
    records: impl IntoIterator<Item = Record>,
    stop: Option<Instant>,
) -> Vec<String> {
    texts(sink.put_back(&origin(), records.into_iter().collect(), stop).await)
}

pub(crate) fn texts(results: Vec<Result<(), firehose_runtime::BoxError>>) -> Vec<String> {
    results
        .into_iter()
        .map(|it| it.map_or_else(|error| error.to_string(), |()| String::new()))
        .collect()
}

/// Returns an answer of `PutRecords`: each `Ok` accepts a record, each `Err` fails one with this
/// code.
pub(crate) fn put_records_reply(entries: &[Result<(), &str>]) -> Reply {
    let failed = entries.iter().filter(|it| it.is_err()).count();
    let entry = |it: &Result<(), &str>| match it {
        Ok(()) => json!({"SequenceNumber": "4957", "ShardId": "shardId-000000000000"}),
        Err(code) => json!({"ErrorCode": code, "ErrorMessage": "told to"}),
    };
    let records: Vec<_> = entries.iter().map(entry).collect();
    Reply::Json(200, json!({"FailedRecordCount": failed, "Records": records}))
}

/// Returns an answer of `PutRecordBatch`, like [`put_records_reply`].
pub(crate) fn put_record_batch_reply(entries: &[Result<(), &str>]) -> Reply {
    let failed = entries.iter().filter(|it| it.is_err()).count();
    let entry = |it: &Result<(), &str>| match it {
        Ok(()) => json!({"RecordId": "abc"}),
        Err(code) => json!({"ErrorCode": code, "ErrorMessage": "told to"}),
    };
    let responses: Vec<_> = entries.iter().map(entry).collect();
    Reply::Json(200, json!({"FailedPutCount": failed, "RequestResponses": responses}))
}

pub(crate) fn error_reply(status: u16, code: &str) -> Reply {
    Reply::Json(status, json!({"__type": code, "message": "told to"}))
}
