use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use firehose_core::Transform;
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::value::RawValue;
use tower::Service;

use crate::{Handler, MalformedEvent};

/// The event as Lambda delivered it: its text, or why there is none.
///
/// `lambda_runtime` would read an event type field by field and refuse the whole event for
/// any that does not fit. This one takes anything, and leaves the reading to [`Handler`].
#[derive(Debug)]
pub struct EventText(Result<Box<str>, MalformedEvent>);

impl EventText {
    /// The text, if it is JSON.
    ///
    /// # Errors
    ///
    /// If it is not.
    pub fn into_text(self) -> Result<String, MalformedEvent> {
        self.0.map(String::from)
    }
}

impl From<String> for EventText {
    fn from(text: String) -> Self {
        Self(Ok(text.into()))
    }
}

impl<'de> Deserialize<'de> for EventText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What is no JSON must get as far as the handler, to be refused by its own name.
        let text = Box::<RawValue>::deserialize(deserializer);
        Ok(Self(text.map(Box::<str>::from).map_err(MalformedEvent::new)))
    }
}

/// The response: JSON text, ready to be sent.
#[derive(Debug)]
pub struct ResponseText(Bytes);

impl ResponseText {
    /// The text, in UTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Serialize for ResponseText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_slice(&self.0).map_err(ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl From<MalformedEvent> for Diagnostic {
    fn from(error: MalformedEvent) -> Self {
        Self { error_type: MalformedEvent::ERROR_TYPE.to_owned(), error_message: error.to_string() }
    }
}

impl<T: Transform> Service<LambdaEvent<EventText>> for Handler<T> {
    type Response = ResponseText;
    type Error = MalformedEvent;
    type Future = Pin<Box<dyn Future<Output = Result<ResponseText, MalformedEvent>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), MalformedEvent>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: LambdaEvent<EventText>) -> Self::Future {
        let handler = self.clone();
        Box::pin(async move {
            let (text, deadline) = (event.payload.into_text()?, event.context.deadline);
            let answer = handler.answer_invocation(text.into(), deadline).await?;
            answer.report.log(&event.context.request_id);
            handler.metrics.write(&answer.report, &event.context.request_id);
            Ok(ResponseText(answer.response))
        })
    }
}
