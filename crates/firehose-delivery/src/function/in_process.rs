use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use bytes::Bytes;
use firehose_runtime::{Answer, async_trait, contract::MAX_RESPONSE_BYTES};
use tokio::{
    sync::{Semaphore, oneshot},
    time::timeout,
};

use super::{
    error::{FunctionError, InvokeError, StartError},
    event_handler::EventHandler,
    failure_counts::FailureCounts,
    function_trait::Function,
    log_destination::LogDestination,
    report_log::ReportLog,
};
use crate::observer::DeliveryObserver;

/// A function in this process. The causes of its failures come from its answers, not from a log.
///
/// Each invocation has a thread of its own. After a timeout, the thread goes on until its handler
/// returns, because a thread cannot be ended. Until then, the thread counts as a running
/// invocation, so that there are never more threads than `concurrency`. A
/// [`Handler`](firehose_runtime::Handler) returns after the record that it is working on.
pub struct InProcessFunction {
    handler: Arc<dyn EventHandler>,
    /// The time that an invocation may take.
    limit: Duration,
    /// Permits for invocations. The thread of an invocation owns its permit.
    permits: Arc<Semaphore>,
    stack_bytes: usize,
    log: Arc<ReportLog>,
    failures: Mutex<FailureCounts>,
}

impl InProcessFunction {
    /// The stack size of an invocation's thread, in bytes. The main thread of a process on Linux
    /// has the same size by default.
    const STACK_BYTES: usize = 8 * 1024 * 1024;

    /// Creates a function without a log. `limit` is the time that an invocation may take,
    /// `concurrency` the number of invocations that run at a time.
    pub fn new(handler: impl EventHandler, limit: Duration, concurrency: usize) -> Self {
        Self {
            handler: Arc::new(handler),
            limit,
            permits: Arc::new(Semaphore::new(concurrency.max(1))),
            stack_bytes: Self::STACK_BYTES,
            log: Arc::default(),
            failures: Mutex::default(),
        }
    }

    /// Sets the destination of the log, which has a line for each failure. Default: no log.
    #[must_use]
    pub fn with_log(self, log: &LogDestination, observer: &Arc<dyn DeliveryObserver>) -> Self {
        Self { log: Arc::new(ReportLog::new(log, observer)), ..self }
    }

    /// Sets the stack size of an invocation's thread, in bytes. Default: 8 MiB.
    #[must_use]
    pub fn with_stack_bytes(self, stack_bytes: usize) -> Self {
        Self { stack_bytes, ..self }
    }

    /// Sends an event, and waits for the answer with its report.
    ///
    /// # Errors
    ///
    /// The errors of [`Function::invoke`].
    pub async fn answer(&self, event: Bytes) -> Result<Answer, InvokeError> {
        // The semaphore is never closed.
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let (sender, answer) = oneshot::channel();
        let (handler, log, limit) = (Arc::clone(&self.handler), Arc::clone(&self.log), self.limit);
        let work = move || {
            let _permit = permit;
            let answer = handler.answer(event, limit);
            if let Ok(answer) = &answer {
                log.write(&answer.report);
            }
            // The receiver is gone after a timeout.
            let _ = sender.send(answer);
        };
        let thread = thread::Builder::new().name("function".to_owned());
        thread.stack_size(self.stack_bytes).spawn(work).map_err(StartError::Thread)?;
        let answer = match timeout(limit, answer).await {
            Ok(Ok(answer)) => answer?,
            Ok(Err(_)) => return Err(FunctionError::Panicked.into()),
            Err(_) => return Err(FunctionError::TimedOut(limit).into()),
        };
        let bytes = answer.response.len();
        if bytes > MAX_RESPONSE_BYTES {
            return Err(FunctionError::ResponseTooLarge { bytes }.into());
        }
        self.lock_failures().add(&answer.report);
        Ok(answer)
    }

    fn lock_failures(&self) -> MutexGuard<'_, FailureCounts> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Function for InProcessFunction {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        Ok(self.answer(event).await?.response)
    }

    fn failures(&self) -> Option<FailureCounts> {
        Some(self.lock_failures().clone())
    }
}

impl fmt::Debug for InProcessFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcessFunction").field("limit", &self.limit).finish_non_exhaustive()
    }
}
