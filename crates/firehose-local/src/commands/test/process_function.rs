use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use firehose_fixtures::{FixtureFunction, FunctionAnswer};
use firehose_runtime::async_trait;
use tokio::sync::Mutex;

use super::super::invocation_log::InvocationLog;
use crate::hint::with_hint;
use firehose_delivery::function::{
    FunctionError, FunctionProcess, LogDestination, ProcessSettings, StartError,
};

/// A function in one process, which answers the events of all cases like a warm Lambda function.
#[derive(Debug)]
pub(super) struct ProcessFunction {
    settings: ProcessSettings,
    limit: Duration,
    destination: LogDestination,
    log: InvocationLog,
    /// `None` after the process has failed. The next event starts another process.
    process: Mutex<Option<FunctionProcess>>,
    /// The number of failed records whose causes were not in the log.
    pub(super) unexplained: Arc<AtomicU64>,
}

impl ProcessFunction {
    /// Starts the process, which logs all failures: the answers need their causes.
    pub(super) async fn start(
        settings: ProcessSettings,
        limit: Duration,
        destination: LogDestination,
    ) -> Result<Self, StartError> {
        let function = Self {
            settings: ProcessSettings { logs_all_failures: true, ..settings },
            limit,
            destination,
            log: InvocationLog::default(),
            process: Mutex::default(),
            unexplained: Arc::default(),
        };
        *function.process.lock().await = Some(function.launch().await?);
        Ok(function)
    }

    async fn launch(&self) -> Result<FunctionProcess, StartError> {
        let to: Box<dyn Write + Send> = match &self.destination {
            LogDestination::Tail => Box::new(io::sink()),
            LogDestination::File(file) => Box::new(Arc::clone(file)),
            LogDestination::Writer(writer) => Box::new(writer.clone()),
        };
        let log = self.log.clone();
        let inspect = move |line: &[u8]| log.add(line);
        FunctionProcess::launch(&self.settings, self.limit, to, inspect).await
    }

    fn failure(&self, error: &(dyn std::error::Error + 'static)) -> String {
        format!("{}{}", with_hint(error), self.log.tail())
    }
}

#[async_trait]
impl FixtureFunction for ProcessFunction {
    async fn answer(&self, event: String) -> Result<FunctionAnswer, String> {
        let mut running = self.process.lock().await;
        loop {
            self.log.begin();
            let is_new = running.is_none();
            let process = match &mut *running {
                Some(process) => process,
                none => {
                    let started = self.launch().await.map_err(|error| self.failure(&error))?;
                    none.insert(started)
                }
            };
            let error = match process.invoke(event.clone(), self.limit).await {
                Ok(response) => {
                    let causes = self.log.causes(&response).await;
                    let unexplained = causes.iter().filter(|cause| cause.is_none()).count();
                    self.unexplained.fetch_add(unexplained as u64, Ordering::Relaxed);
                    return Ok(FunctionAnswer::Response { response, causes });
                }
                Err(FunctionError::Reported { error_type, message, .. }) => {
                    let error = if message.is_empty() { error_type } else { message };
                    return Ok(FunctionAnswer::Rejected(error));
                }
                Err(error) => error,
            };
            // If the process ended after its last answer and did not take this event, the loop
            // starts another process, as Lambda does.
            let took_event = process.has_taken_event();
            process.end().await;
            *running = None;
            if is_new || took_event || !matches!(error, FunctionError::Exited(_)) {
                return Err(self.failure(&error));
            }
        }
    }
}
