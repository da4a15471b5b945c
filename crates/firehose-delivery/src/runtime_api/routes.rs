use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
    middleware::{self, Next},
    response::IntoResponse,
    routing::{get, post},
};
use bytes::{Bytes, BytesMut};
use firehose_runtime::contract::MAX_RESPONSE_BYTES;
use futures_util::StreamExt;

use super::{
    error_report::parse_report,
    invocation_queue::{InitError, InvocationQueue},
};
use crate::{
    aws_names::function_arn,
    function::{FunctionError, failure_place, with_causes},
};

/// The header with the exceptions behind an error, the reported one first:
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.
const CAUSE_HEADER: &str = "lambda-runtime-function-xray-error-cause";

/// The maximum number of bytes that are read from a body, far above every limit of Lambda.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

pub(super) fn router(queue: Arc<InvocationQueue>) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{request_id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{request_id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .route("/2020-01-01/extension/register", post(register_extension))
        .route("/2020-01-01/extension/event/next", get(next_extension_event))
        .layer(middleware::from_fn(check_host))
        .with_state(queue)
}

/// Rejects a request whose `Host` is not the loopback interface. A web page in a browser can send
/// requests to this port under its own host name (DNS rebinding).
async fn check_host(request: Request, next: Next) -> axum::response::Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let name = host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
    match name {
        Some("127.0.0.1" | "localhost") => next.run(request).await,
        _ => (StatusCode::FORBIDDEN, "the Host must be 127.0.0.1 or localhost\n").into_response(),
    }
}

async fn next(State(queue): State<Arc<InvocationQueue>>) -> impl IntoResponse {
    let (request_id, deadline, event) = queue.next().await;
    let mut response = Response::new(Body::from(event));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [
        ("lambda-runtime-aws-request-id", request_id),
        ("lambda-runtime-deadline-ms", epoch_milliseconds(deadline).to_string()),
        ("lambda-runtime-invoked-function-arn", function_arn("firehose-local")),
        (
            "lambda-runtime-trace-id",
            "Root=1-00000000-000000000000000000000000;Sampled=0".to_owned(),
        ),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

async fn response(
    State(queue): State<Arc<InvocationQueue>>,
    Path(request_id): Path<String>,
    body: Body,
) -> impl IntoResponse {
    let response = ReadBody::read(body).await;
    // After a broken connection, the function may try again, or end.
    if response.is_broken {
        return acknowledge(false);
    }
    match response.kept {
        Some(kept) => acknowledge(queue.complete(&request_id, Ok(kept))),
        None => {
            let bytes = response.bytes;
            queue.complete(&request_id, Err(FunctionError::ResponseTooLarge { bytes }));
            too_large()
        }
    }
}

async fn error(
    State(queue): State<Arc<InvocationQueue>>,
    Path(request_id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> impl IntoResponse {
    let InitError { error_type, message, place } = reported(&headers, body).await;
    let error = FunctionError::Reported { error_type, message, place };
    acknowledge(queue.complete(&request_id, Err(error)))
}

async fn init_error(
    State(queue): State<Arc<InvocationQueue>>,
    headers: HeaderMap,
    body: Body,
) -> impl IntoResponse {
    queue.init_failed(reported(&headers, body).await);
    acknowledge(true)
}

/// Accepts an extension: some runtimes register one in order to learn of a shutdown.
async fn register_extension() -> impl IntoResponse {
    ([("lambda-extension-identifier", "firehose-local")], "{}")
}

/// Waits forever: extensions receive no events.
async fn next_extension_event() -> StatusCode {
    std::future::pending().await
}

/// Returns the error that a function reports, with its causes. A body that is not a report becomes the
/// message.
async fn reported(headers: &HeaderMap, body: Body) -> InitError {
    let unhandled =
        |message| InitError { error_type: "Unhandled".to_owned(), message, place: None };
    let Some(body) = ReadBody::read(body).await.kept else {
        return unhandled(format!("the error report is longer than {MAX_RESPONSE_BYTES} bytes"));
    };
    match parse_report(&body) {
        Some(report) => {
            let text = |name: &str| report[name].as_str().unwrap_or_default().to_owned();
            let message = text("errorMessage");
            let causes = headers.get(CAUSE_HEADER).map(HeaderValue::as_bytes);
            InitError {
                error_type: text("errorType"),
                message: with_causes(message, causes.unwrap_or_default()),
                place: failure_place(&report),
            }
        }
        None => unhandled(String::from_utf8_lossy(&body).into_owned()),
    }
}

/// The part of a body that was read: all of it, unless it is too long or the connection broke.
struct ReadBody {
    /// The bytes that were read; `None` if they exceed the limit of a response.
    kept: Option<Bytes>,
    /// The number of bytes that were read. The reading stops beyond [`MAX_BODY_BYTES`].
    bytes: usize,
    is_broken: bool,
}

impl ReadBody {
    async fn read(body: Body) -> Self {
        // Most bodies announce their length. Reserving memory once is faster than growing.
        let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        let mut kept = BytesMut::with_capacity(announced.min(MAX_RESPONSE_BYTES));
        let (mut bytes, mut is_broken) = (0, false);
        let mut pieces = body.into_data_stream();
        while let Some(piece) = pieces.next().await {
            let Ok(piece) = piece else {
                is_broken = true;
                break;
            };
            bytes += piece.len();
            if bytes > MAX_BODY_BYTES {
                break;
            }
            // Only the length of a body over the limit is needed.
            if bytes > MAX_RESPONSE_BYTES {
                kept = BytesMut::new();
            } else {
                kept.extend_from_slice(&piece);
            }
        }
        let kept = (bytes <= MAX_RESPONSE_BYTES).then(|| kept.freeze());
        Self { kept, bytes, is_broken }
    }
}

fn acknowledge(is_known: bool) -> (StatusCode, Bytes) {
    if is_known {
        (StatusCode::ACCEPTED, Bytes::from_static(br#"{"status":"OK"}"#))
    } else {
        let body = br#"{"errorMessage":"no such invocation","errorType":"InvalidRequestID"}"#;
        (StatusCode::BAD_REQUEST, Bytes::from_static(body))
    }
}

fn too_large() -> (StatusCode, Bytes) {
    let body = br#"{"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes).","errorType":"RequestEntityTooLarge"}"#;
    (StatusCode::PAYLOAD_TOO_LARGE, Bytes::from_static(body))
}

fn epoch_milliseconds(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()
}
