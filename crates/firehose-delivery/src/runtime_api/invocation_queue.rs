use std::{
    collections::{HashMap, VecDeque},
    error, fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use tokio::sync::{Notify, oneshot, watch};
use uuid::Uuid;

use crate::function::FunctionError;

/// The waiting events and the running invocations.
#[derive(Debug)]
pub(super) struct InvocationQueue {
    state: Mutex<State>,
    submitted: Notify,
    /// The result of the initialization; `None` as long as the function initializes.
    init: watch::Sender<Option<Result<(), InitError>>>,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Invocation>,
    running: HashMap<String, oneshot::Sender<Result<Bytes, FunctionError>>>,
}

/// An event for the function.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) request_id: String,
    pub(super) deadline: SystemTime,
    pub(super) event: Bytes,
    response: oneshot::Sender<Result<Bytes, FunctionError>>,
}

/// The error that a function reports if it cannot initialize.
#[derive(Clone, Debug)]
pub struct InitError {
    /// The reported error type.
    pub error_type: String,
    /// The reported message.
    pub message: String,
    /// The place in the code of the function, if the report names it.
    pub place: Option<String>,
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the function cannot initialize: {}: {}", self.error_type, self.message)
    }
}

impl error::Error for InitError {}

/// A response that has not arrived yet.
#[derive(Debug)]
pub struct PendingResponse(oneshot::Receiver<Result<Bytes, FunctionError>>);

impl PendingResponse {
    /// Waits for the response, without a time limit.
    ///
    /// # Errors
    ///
    /// If the function reports an error, or the response exceeds Lambda's limit.
    pub async fn response(self) -> Result<Bytes, FunctionError> {
        let gone = || FunctionError::Disconnected("the Lambda Runtime API has ended".to_owned());
        self.0.await.unwrap_or_else(|_| Err(gone()))
    }
}

impl Default for InvocationQueue {
    fn default() -> Self {
        let (init, _) = watch::channel(None);
        Self { state: Mutex::default(), submitted: Notify::new(), init }
    }
}

impl InvocationQueue {
    pub(super) fn submit(&self, event: Bytes, time: Duration) -> PendingResponse {
        let (response, pending) = oneshot::channel();
        let request_id = Uuid::new_v4().to_string();
        let deadline = SystemTime::now() + time;
        self.state().waiting.push_back(Invocation { request_id, deadline, event, response });
        self.submitted.notify_one();
        PendingResponse(pending)
    }

    /// Waits for the next event, without a time limit. The call also shows that the function has
    /// initialized, unless the function has reported an error of its initialization.
    pub(super) async fn next(&self) -> (String, SystemTime, Bytes) {
        self.init.send_if_modified(|init| {
            let is_first = init.is_none();
            init.get_or_insert(Ok(()));
            is_first
        });
        loop {
            if let Some(invocation) = self.take() {
                return invocation;
            }
            self.submitted.notified().await;
        }
    }

    /// Returns `true` if an event waits for a function to ask for it.
    pub(super) fn is_waiting(&self) -> bool {
        !self.state().waiting.is_empty()
    }

    fn take(&self) -> Option<(String, SystemTime, Bytes)> {
        let mut state = self.state();
        // Drop the events whose callers have given up.
        state.waiting.retain(|invocation| !invocation.response.is_closed());
        let Invocation { request_id, deadline, event, response } = state.waiting.pop_front()?;
        state.running.insert(request_id.clone(), response);
        Some((request_id, deadline, event))
    }

    /// Passes a response to the caller of its invocation. Returns `false` if no invocation with
    /// this id is running.
    pub(super) fn complete(
        &self,
        request_id: &str,
        response: Result<Bytes, FunctionError>,
    ) -> bool {
        let Some(caller) = self.state().running.remove(request_id) else {
            return false;
        };
        // The caller may have given up. The response is accepted in any case.
        let _ = caller.send(response);
        true
    }

    pub(super) fn init_failed(&self, error: InitError) {
        self.init.send_replace(Some(Err(error)));
    }

    pub(super) async fn ready(&self) -> Result<(), InitError> {
        let mut init = self.init.subscribe();
        match init.wait_for(Option::is_some).await {
            Ok(init) => init.clone().unwrap_or(Ok(())),
            // The sender lives as long as `self`.
            Err(_) => Ok(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_function_that_goes_on_after_an_error_of_its_initialization_has_failed() {
        let queue = InvocationQueue::default();
        let error =
            || InitError { error_type: "Faulty".to_owned(), message: String::new(), place: None };
        queue.init_failed(error());
        let next = timeout(Duration::from_millis(1), queue.next());
        assert!(next.await.is_err(), "there is no event");
        assert_eq!(queue.ready().await.unwrap_err().error_type, "Faulty");
    }
}
