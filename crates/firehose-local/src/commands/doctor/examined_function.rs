use std::{io, path::Path, time::Duration};

use bytes::Bytes;
use firehose_delivery::function::{
    Function, FunctionError, FunctionProcess, InvokeError, Language, ProcessSettings, StartError,
    UrlFunction,
};
use reqwest::Url;
use tokio::time::Instant;

use super::{
    super::invocation_log::InvocationLog, function_answer::FunctionAnswer, time_budget::TimeBudget,
};

/// The function under examination.
#[derive(Debug)]
pub(super) struct ExaminedFunction {
    target: Target,
    log: InvocationLog,
    /// The number of events without an answer in time.
    timeouts: u32,
}

#[derive(Debug)]
enum Target {
    Process {
        settings: Box<ProcessSettings>,
        /// `None` before the first event, and after the process failed.
        running: Option<Box<FunctionProcess>>,
    },
    Url(Url),
}

/// The longest start of a function, as in Lambda.
const START_LIMIT: Duration = Duration::from_secs(10);

/// The time for the last lines of the log to arrive after an answer. A thread reads the log.
const LOG_DELAY: Duration = Duration::from_millis(10);

impl ExaminedFunction {
    /// Creates a function that runs in processes.
    pub(super) fn of_process(settings: ProcessSettings) -> Self {
        let settings = ProcessSettings { logs_all_failures: true, ..settings };
        let target = Target::Process { settings: Box::new(settings), running: None };
        Self { target, log: InvocationLog::default(), timeouts: 0 }
    }

    /// Creates a function that listens at a URL.
    pub(super) fn of_url(url: Url) -> Self {
        Self { target: Target::Url(url), log: InvocationLog::default(), timeouts: 0 }
    }

    /// Returns a second execution environment of the function, which has no process yet.
    pub(super) fn second(&self) -> Self {
        match &self.target {
            Target::Process { settings, .. } => Self::of_process((**settings).clone()),
            Target::Url(url) => Self::of_url(url.clone()),
        }
    }

    /// Returns the folder with the code of a handler in JavaScript.
    pub(super) fn javascript_folder(&self) -> Option<&Path> {
        let Target::Process { settings, .. } = &self.target else { return None };
        let handler = settings.handler.as_ref();
        let handler = handler.filter(|handler| handler.language() == Language::JavaScript)?;
        Some(handler.task_root())
    }

    /// Returns `true` if the function runs in processes of this command.
    pub(super) fn is_process(&self) -> bool {
        matches!(self.target, Target::Process { .. })
    }

    /// Starts the process, or checks that something listens at the URL.
    ///
    /// # Errors
    ///
    /// If the function cannot be started or reached.
    pub(super) async fn start(&mut self, budget: &TimeBudget) -> Result<(), StartError> {
        let limit = budget.capped(START_LIMIT);
        match &mut self.target {
            Target::Process { running: Some(_), .. } => Ok(()),
            Target::Process { settings, running } => {
                let log = self.log.clone();
                let inspect = move |line: &[u8]| log.add(line);
                let started = FunctionProcess::launch(settings, limit, io::sink(), inspect).await?;
                *running = Some(Box::new(started));
                Ok(())
            }
            Target::Url(url) => UrlFunction::new(url.clone(), limit).reach().await,
        }
    }

    /// Sends an event, and returns the answer. A process that failed is replaced with the next event.
    pub(super) async fn invoke(&mut self, event: &Bytes, budget: &TimeBudget) -> FunctionAnswer {
        let limit = budget.invocation_limit(event.len(), self.timeouts);
        let start = Instant::now();
        let result = self.respond(event, limit, budget).await;
        if let Err(InvokeError::Function(FunctionError::TimedOut(_))) = &result {
            self.timeouts += 1;
        }
        FunctionAnswer { result, limit, time: start.elapsed() }
    }

    async fn respond(
        &mut self,
        event: &Bytes,
        limit: Duration,
        budget: &TimeBudget,
    ) -> Result<Bytes, InvokeError> {
        if let Target::Url(url) = &self.target {
            return UrlFunction::new(url.clone(), limit).invoke(event.clone()).await;
        }
        loop {
            self.log.begin();
            let is_new = !self.is_running();
            self.start(budget).await?;
            let Target::Process { running, .. } = &mut self.target else { continue };
            let Some(process) = running else { continue };
            let error = match process.invoke(event.clone(), limit).await {
                Ok(response) => return Ok(response),
                // After a reported error, Lambda uses the process again.
                Err(
                    error @ (FunctionError::Reported { .. }
                    | FunctionError::ResponseTooLarge { .. }),
                ) => {
                    return Err(error.into());
                }
                Err(error) => error,
            };
            // If the process ended after its last answer, before it took this event, Lambda starts
            // another process.
            let was_taken = process.has_taken_event();
            self.stop().await;
            if is_new || was_taken || !matches!(error, FunctionError::Exited(_)) {
                return Err(error.into());
            }
        }
    }

    fn is_running(&self) -> bool {
        matches!(&self.target, Target::Process { running: Some(_), .. })
    }

    /// Returns the last lines of the log since the start of the last invocation.
    pub(super) async fn last_log_lines(&self) -> Vec<String> {
        tokio::time::sleep(LOG_DELAY).await;
        self.log.last_lines()
    }

    /// Ends the process. The next event starts another one, without the state of this one.
    pub(super) async fn stop(&mut self) {
        if let Target::Process { running, .. } = &mut self.target
            && let Some(mut process) = running.take()
        {
            process.end().await;
        }
    }
}
