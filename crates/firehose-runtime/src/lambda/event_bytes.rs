use std::{
    collections::HashMap,
    mem,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use firehose_core::Transform;
use lambda_runtime::{LambdaEvent, LambdaInvocation};
use serde::de::IgnoredAny;
use tower::{Layer, Service};

use super::response_text::ResponseText;
use crate::{event::malformed::MalformedEvent, handler::Handler};

/// The bytes of the events that have not reached the handler yet, keyed by request id.
///
/// `lambda_runtime` parses and copies each event before the handler parses it again. As a layer,
/// this type takes the bytes out of the invocation, and leaves `null` for `lambda_runtime`. The
/// handler then takes the bytes by the request id. Without this type, a 6 MB event of
/// `square-values` takes 20.3 % more instructions.
#[derive(Clone, Default)]
pub(super) struct EventBytes(Arc<Mutex<HashMap<String, Bytes>>>);

impl EventBytes {
    fn put(&self, request_id: &str, event: Bytes) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.insert(request_id.to_owned(), event);
    }

    fn take(&self, request_id: &str) -> Result<Bytes, MalformedEvent> {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let event = events.remove(request_id);
        event.ok_or_else(|| MalformedEvent::new("the bytes of the event did not reach the handler"))
    }

    /// Wraps a handler, so that it takes the bytes of its events from this layer.
    pub(super) fn serve<T>(&self, handler: Handler<T>) -> BytesHandler<T> {
        BytesHandler { handler, events: self.clone() }
    }
}

impl<S> Layer<S> for EventBytes {
    type Service = TakeEvent<S>;

    fn layer(&self, inner: S) -> TakeEvent<S> {
        TakeEvent { inner, events: self.clone() }
    }
}

#[derive(Clone)]
pub(super) struct TakeEvent<S> {
    inner: S,
    events: EventBytes,
}

impl<S: Service<LambdaInvocation>> Service<LambdaInvocation> for TakeEvent<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut invocation: LambdaInvocation) -> S::Future {
        let event = mem::replace(&mut invocation.body, Bytes::from_static(b"null"));
        self.events.put(&invocation.context.request_id, event);
        self.inner.call(invocation)
    }
}

pub(super) struct BytesHandler<T> {
    handler: Handler<T>,
    events: EventBytes,
}

impl<T: Transform> Service<LambdaEvent<IgnoredAny>> for BytesHandler<T> {
    type Response = ResponseText;
    type Error = MalformedEvent;
    type Future = Pin<Box<dyn Future<Output = Result<ResponseText, MalformedEvent>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), MalformedEvent>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: LambdaEvent<IgnoredAny>) -> Self::Future {
        let bytes = self.events.take(&event.context.request_id);
        let handler = self.handler.clone();
        Box::pin(async move { handler.respond(bytes?, &event.context).await })
    }
}

impl<T> Clone for BytesHandler<T> {
    fn clone(&self) -> Self {
        Self { handler: self.handler.clone(), events: self.events.clone() }
    }
}
