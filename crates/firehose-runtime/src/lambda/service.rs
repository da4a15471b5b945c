use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use firehose_core::Transform;
use lambda_runtime::{Diagnostic, LambdaEvent};
use tower::Service;

use super::{buffer_pool::PooledResponse, event_text::EventText, response_text::ResponseText};
use crate::{event::malformed::MalformedEvent, handler::Handler};

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
    /// Answers the event of an invocation, and writes the log and the metrics.
    pub(super) async fn respond(
        &self,
        event: Bytes,
        context: &lambda_runtime::Context,
    ) -> Result<ResponseText, MalformedEvent> {
        let answer = self.answer_invocation(event, &context.request_id, context.deadline).await?;
        answer.report.log(&context.request_id);
        self.metrics.write(&answer.report, &context.request_id);
        Ok(ResponseText::new(PooledResponse::new(answer.response, self.buffers.clone())))
    }
}
