use std::{
    pin::Pin,
    str,
    sync::LazyLock,
    task::{Context, Poll},
};

use bytes::Bytes;
use firehose_core::Transform;
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    ser::{self, SerializeStruct},
};
use serde_json::value::RawValue;
use tower::Service;

use super::buffers::Buffered;
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
pub struct ResponseText(Buffered);

impl ResponseText {
    /// The text, in UTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Serialize for ResponseText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = str::from_utf8(self.as_bytes()).map_err(ser::Error::custom)?;
        if Raw::is_written_as_it_is() {
            return Raw(text).serialize(serializer);
        }
        serde_json::from_str::<&RawValue>(text).map_err(ser::Error::custom)?.serialize(serializer)
    }
}

/// JSON that `serde_json` writes as it is, without reading it once more, which takes longer
/// than to make it.
///
/// It goes the way that [`RawValue`] goes, of which `serde_json` has no other safe
/// constructor. That way is its own affair, so it is tried once before it is used.
struct Raw<'a>(&'a str);

impl Raw<'_> {
    fn is_written_as_it_is() -> bool {
        static IS: LazyLock<bool> =
            LazyLock::new(|| serde_json::to_vec(&Raw("[1 ]")).is_ok_and(|json| json == b"[1 ]"));
        *IS
    }
}

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const RAW_VALUE: &str = "$serde_json::private::RawValue";
        let mut raw = serializer.serialize_struct(RAW_VALUE, 1)?;
        raw.serialize_field(RAW_VALUE, self.0)?;
        raw.end()
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
            let text = event.payload.into_text()?;
            handler.respond(text.into(), &event.context).await
        })
    }
}

impl<T: Transform> Handler<T> {
    /// Answers the event of an invocation, and says what became of it.
    pub(super) async fn respond(
        &self,
        event: Bytes,
        context: &lambda_runtime::Context,
    ) -> Result<ResponseText, MalformedEvent> {
        let answer = self.answer_invocation(event, context.deadline).await?;
        answer.report.log(&context.request_id);
        self.metrics.write(&answer.report, &context.request_id);
        Ok(ResponseText(Buffered::new(answer.response, self.buffers.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lambda::Buffers;

    #[test]
    fn a_response_is_sent_as_it_is() {
        assert!(Raw::is_written_as_it_is(), "serde_json has another way now; see Raw");
        let text = r#"{"records":[ {"recordId":"\u0031"}]}"#;
        let response = Bytes::from_static(text.as_bytes());
        let response = ResponseText(Buffered::new(response, Buffers::default()));
        assert_eq!(serde_json::to_string(&response).unwrap(), text);
    }
}
