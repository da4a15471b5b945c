//! An endpoint in memory, whose answers a test chooses.

use std::{
    fmt, future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use firehose_runtime::async_trait;
use serde_json::{Value, json};

use super::{
    http_request::{HttpReply, HttpRequest},
    transport::{Transport, TransportError},
};
use crate::delivery_stream::DestinationKind;

/// The answer to a request.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// The endpoint takes the records, and answers that it took them.
    Take,
    /// The endpoint answers with this response, and takes nothing.
    Reply(HttpReply),
    /// The request fails with this error.
    Fail(TransportError),
    /// The endpoint never answers.
    Hang,
}

type Script = dyn Fn(u64, &HttpRequest) -> Answer + Send + Sync;

/// The endpoint. The script gets the number of a request with records, counted from 1, or 0 for a
/// question for an acknowledgment.
pub(super) struct ScriptedEndpoint {
    kind: DestinationKind,
    script: Box<Script>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    requests: Vec<HttpRequest>,
    taken: Vec<Bytes>,
    count: u64,
}

impl ScriptedEndpoint {
    pub(super) fn new(
        kind: DestinationKind,
        script: impl Fn(u64, &HttpRequest) -> Answer + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { kind, script: Box::new(script), state: Mutex::default() })
    }

    /// Returns the data of the records that the endpoint took.
    pub(super) fn taken(&self) -> Vec<Bytes> {
        self.lock().taken.clone()
    }

    /// Returns all requests.
    pub(super) fn requests(&self) -> Vec<HttpRequest> {
        self.lock().requests.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for ScriptedEndpoint {
    async fn post(&self, request: HttpRequest) -> Result<HttpReply, TransportError> {
        let is_question = request.url.path().ends_with("/ack");
        let number = {
            let mut state = self.lock();
            state.requests.push(request.clone());
            state.count += u64::from(!is_question);
            if is_question { 0 } else { state.count }
        };
        match (self.script)(number, &request) {
            Answer::Take if is_question => Ok(acknowledged(&request)),
            Answer::Take => {
                let (records, reply) = taken(self.kind, &request);
                self.lock().taken.extend(records);
                Ok(reply)
            }
            Answer::Reply(reply) => Ok(reply),
            Answer::Fail(error) => Err(error),
            Answer::Hang => future::pending().await,
        }
    }
}

/// Returns a response with this status and this JSON.
pub(super) fn json_reply(status: u16, body: &Value) -> HttpReply {
    HttpReply {
        status,
        content_type: Some("application/json".to_owned()),
        is_encoded: false,
        has_length: true,
        body: body.to_string().into(),
    }
}

/// Returns the records of a request, and the answer of an endpoint that takes them.
fn taken(kind: DestinationKind, request: &HttpRequest) -> (Vec<Bytes>, HttpReply) {
    match kind {
        DestinationKind::HttpEndpoint => {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let records = body["records"].as_array().unwrap().iter();
            let data = |it: &Value| STANDARD.decode(it["data"].as_str().unwrap()).unwrap().into();
            let reply = json!({"requestId": body["requestId"], "timestamp": 1});
            (records.map(data).collect(), json_reply(200, &reply))
        }
        DestinationKind::Splunk => {
            let records = request.body.split(|byte| *byte == b'\n').map(Bytes::copy_from_slice);
            let reply = json!({"text": "Success", "code": 0, "ackId": 7});
            (records.collect(), json_reply(200, &reply))
        }
        _ => {
            let lines: Vec<_> = request.body.split_inclusive(|byte| *byte == b'\n').collect();
            let records = lines.chunks(2).map(|pair| {
                let action: Value = serde_json::from_slice(pair[0]).unwrap();
                assert!(action["index"]["_index"].is_string(), "{action}");
                Bytes::copy_from_slice(pair[1].strip_suffix(b"\n").unwrap())
            });
            let records: Vec<_> = records.collect();
            let items = vec![json!({"index": {"status": 201}}); records.len()];
            (records, json_reply(200, &json!({"errors": false, "items": items})))
        }
    }
}

fn acknowledged(request: &HttpRequest) -> HttpReply {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let ids = body["acks"].as_array().unwrap().iter();
    let acks: serde_json::Map<_, _> = ids.map(|id| (id.to_string(), json!(true))).collect();
    json_reply(200, &json!({ "acks": acks }))
}

impl fmt::Debug for ScriptedEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedEndpoint").field("kind", &self.kind).finish_non_exhaustive()
    }
}
