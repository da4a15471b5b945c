use std::{
    io::Write,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use firehose_runtime::async_trait;
use tokio::sync::Semaphore;

use super::{
    error::{FunctionError, InvokeError, StartError},
    failure_counts::FailureCounts,
    function_trait::Function,
    invocation_failures::InvocationFailures,
    log_destination::LogDestination,
    log_file::LogFile,
    log_tail::LogTail,
    process::FunctionProcess,
    process_settings::ProcessSettings,
};
use crate::observer::{DeliveryEvent, DeliveryObserver};

/// A function with several execution environments, each a process, as in Lambda.
///
/// An invocation takes an idle execution environment, or starts a new one.
#[derive(Debug)]
pub struct ProcessPool {
    /// The name of the delivery stream in delivery events.
    stream: String,
    settings: ProcessSettings,
    /// The time that an invocation may take.
    limit: Duration,
    idle: Mutex<Vec<Environment>>,
    /// Permits for invocations, which also limit the number of processes.
    permits: Semaphore,
    log: LogDestination,
    /// The failures of the answered invocations.
    failures: Arc<Mutex<FailureCounts>>,
    observer: Arc<dyn DeliveryObserver>,
}

#[derive(Debug)]
struct Environment {
    process: FunctionProcess,
    tail: LogTail,
    failures: InvocationFailures,
}

impl ProcessPool {
    /// The shortest time limit of a start: Lambda allows ten seconds for the initialization.
    const INIT_LIMIT: Duration = Duration::from_secs(10);

    /// Creates a pool without processes. Its functions log all failures, because the counts of
    /// causes need them. `limit` is the time that an invocation may take,
    /// `concurrency` the number of invocations that run at a time.
    pub fn new(
        stream: &str,
        settings: ProcessSettings,
        limit: Duration,
        concurrency: usize,
        log: LogDestination,
        observer: Arc<dyn DeliveryObserver>,
    ) -> Self {
        Self {
            stream: stream.to_owned(),
            settings: ProcessSettings { logs_all_failures: true, ..settings },
            limit,
            idle: Mutex::default(),
            permits: Semaphore::new(concurrency.max(1)),
            log,
            failures: Arc::default(),
            observer,
        }
    }

    /// Starts the first process.
    ///
    /// Call this method before the first record is read, to detect early that an executable cannot
    /// run.
    ///
    /// # Errors
    ///
    /// If the process cannot be started, or does not ask for an event.
    pub async fn warm_up(&self) -> Result<(), StartError> {
        let environment = self.start().await?;
        self.idle().push(environment);
        Ok(())
    }

    async fn start(&self) -> Result<Environment, StartError> {
        let tail = LogTail::default();
        let to: Box<dyn Write + Send> = match &self.log {
            LogDestination::Tail => Box::new(tail.clone()),
            LogDestination::File(file) => {
                Box::new(LogFile::new(Arc::clone(file), Arc::clone(&self.observer)))
            }
            LogDestination::Writer(writer) => Box::new(writer.clone()),
        };
        let failures = InvocationFailures::new(Arc::clone(&self.failures));
        let inspected = failures.clone();
        let inspect = move |line: &[u8]| inspected.inspect(line);
        let limit = self.limit.max(Self::INIT_LIMIT);
        match FunctionProcess::launch(&self.settings, limit, to, inspect).await {
            Ok(process) => Ok(Environment { process, tail, failures }),
            Err(error) => {
                self.report_log(&tail.lines_besides(&error));
                Err(error)
            }
        }
    }

    /// Reports the last lines of a log, which may explain an error.
    fn report_log(&self, lines: &[String]) {
        let stream = &self.stream;
        self.observer.observe(&DeliveryEvent::FunctionLog { stream, lines });
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Environment>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Function for ProcessPool {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        // The semaphore is never closed.
        let _permit = self.permits.acquire().await;
        loop {
            let idle = self.idle().pop();
            let is_new = idle.is_none();
            let mut environment = match idle {
                Some(environment) => environment,
                None => self.start().await?,
            };
            environment.failures.begin();
            let answer = environment.process.invoke(event.clone(), self.limit).await;
            environment.failures.end(answer.is_ok());
            match &answer {
                // After a reported error, Lambda uses the execution environment again.
                Ok(_) | Err(FunctionError::Reported { .. }) => self.idle().push(environment),
                Err(error) => {
                    environment.process.end().await;
                    let has_ended = matches!(error, FunctionError::Exited(_));
                    // If the process ended after its last answer, before it took this event, Lambda
                    // starts another process, and the invocation does not fail.
                    if has_ended && !is_new && !environment.process.has_taken_event() {
                        continue;
                    }
                    if error.has_cause_in_log() {
                        self.report_log(&environment.tail.lines());
                    }
                }
            }
            return Ok(answer?);
        }
    }

    /// Returns the failures in the log of the function, without those of invocations that have no
    /// answer.
    fn failures(&self) -> Option<FailureCounts> {
        Some(self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Ends the idle processes, and waits for the rest of their logs.
    async fn end(&self) {
        let idle = std::mem::take(&mut *self.idle());
        for mut environment in idle {
            environment.process.end().await;
        }
    }

    /// Ends all idle processes, and waits for nothing.
    fn abandon(&self) {
        self.idle().clear();
    }
}
