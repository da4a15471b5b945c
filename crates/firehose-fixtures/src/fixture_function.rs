use firehose_runtime::{Bytes, Handler, Transform, async_trait};

/// The function under test, which answers the events of the cases in a folder.
///
/// [`Handler`] implements this trait. Implement the trait for a function in another process, or
/// for a transform that is not compiled into the test.
#[async_trait]
pub trait FixtureFunction: Send + Sync {
    /// Answers one event.
    ///
    /// # Errors
    ///
    /// If the function neither returns a response nor reports an error, for example because it ends
    /// or does not answer in time. The text becomes the failure of the case.
    async fn answer(&self, event: String) -> Result<FunctionAnswer, String>;
}

/// The answer of a function to an event.
#[derive(Clone, Debug)]
pub enum FunctionAnswer {
    /// The response as JSON text.
    Response {
        /// The text.
        response: Bytes,
        /// The causes of the records that are `ProcessingFailed`, in the order of the response.
        /// `None` stands for an unknown cause, which is not compared. A missing entry counts as
        /// `None`.
        causes: Vec<Option<String>>,
    },
    /// The function rejected the whole event with this error.
    Rejected(String),
}

#[async_trait]
impl<T: Transform> FixtureFunction for Handler<T> {
    async fn answer(&self, event: String) -> Result<FunctionAnswer, String> {
        Ok(match Self::answer(self, event).await {
            Ok(answer) => {
                let failures = answer.report.failures.into_iter();
                let causes = failures.map(|failure| Some(failure.cause)).collect();
                FunctionAnswer::Response { response: answer.response, causes }
            }
            Err(error) => FunctionAnswer::Rejected(error.to_string()),
        })
    }
}
