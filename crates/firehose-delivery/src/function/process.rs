use std::{
    io::{self, Write},
    path::Path,
    process::ExitStatus,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{process::Child, time::timeout};

use super::{
    causes::Causes,
    error::{FunctionError, InvokeError, StartError},
    log::Log,
    orphan_guard::OrphanGuard,
    process_settings::ProcessSettings,
};
use crate::runtime_api::{InitError, RuntimeApi};

/// A running function: any executable that uses the Lambda Runtime API.
///
/// Dropping the value ends the function and all processes that it started. The same happens if this
/// process is killed. A process that left the process group survives, such as by `setsid`.
#[derive(Debug)]
pub struct FunctionProcess {
    api: RuntimeApi,
    child: Child,
    /// The process group of the function and of the processes that it starts.
    group: Option<Pid>,
    /// The guard that kills the process group if this process is killed. `None` if the guard
    /// could not be started.
    _guard: Option<OrphanGuard>,
    log: Log,
    init_duration: Duration,
}

impl FunctionProcess {
    /// Starts an executable, and waits until it asks for an event. The output of the executable
    /// goes to standard error.
    ///
    /// # Errors
    ///
    /// If the executable cannot be started, ends, reports an error of its initialization, or does
    /// not ask for an event within `limit`.
    pub async fn start(binary: &Path, limit: Duration) -> Result<Self, StartError> {
        Self::launch(&ProcessSettings::new(binary), limit, io::stderr(), |_| {}).await
    }

    /// Starts an executable like [`start`](Self::start), and discards its output.
    ///
    /// # Errors
    ///
    /// The errors of [`start`](Self::start).
    pub async fn start_quietly(binary: &Path, limit: Duration) -> Result<Self, StartError> {
        Self::launch(&ProcessSettings::new(binary), limit, io::sink(), |_| {}).await
    }

    /// Starts an executable like [`start`](Self::start), with settings. The output of the
    /// executable goes to `log`. `inspect` is called with each line of the output.
    ///
    /// # Errors
    ///
    /// The errors of [`start`](Self::start).
    pub async fn launch(
        settings: &ProcessSettings,
        limit: Duration,
        log: impl Write + Send + 'static,
        inspect: impl FnMut(&[u8]) + Send + 'static,
    ) -> Result<Self, StartError> {
        let api = RuntimeApi::start().await.map_err(StartError::RuntimeApi)?;
        let spawn_error = |error| StartError::Spawn { binary: settings.binary.clone(), error };
        // Standard output and standard error share one pipe, so that their lines keep their order.
        let (output, input) = io::pipe().map_err(spawn_error)?;
        let mut command = settings.command(api.address()).map_err(spawn_error)?;
        command.stdout(input.try_clone().map_err(spawn_error)?).stderr(input);
        let start = Instant::now();
        let child = command.spawn().map_err(spawn_error)?;
        // The command owns a writing end of the pipe. Drop it, so that the pipe closes when the
        // function ends.
        drop(command);
        let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let guard = group.and_then(|group| OrphanGuard::start(group).ok());
        let log = Log::follow(output, log, inspect);
        let init_duration = Duration::ZERO;
        let mut function = Self { api, child, group, _guard: guard, log, init_duration };
        match timeout(limit, function.ready(settings)).await {
            Ok(Ok(())) => {
                function.init_duration = start.elapsed();
                Ok(function)
            }
            Ok(Err(error)) => {
                function.end().await;
                Err(error)
            }
            Err(_) => {
                function.end().await;
                Err(StartError::TimedOut(limit))
            }
        }
    }

    async fn ready(&mut self, settings: &ProcessSettings) -> Result<(), StartError> {
        tokio::select! {
            biased;
            ready = self.api.ready() => {
                ready.map_err(|InitError { error_type, message, place }| {
                    let advice = settings.handler.as_ref().and_then(|it| it.advice(&message));
                    StartError::Init { error_type, message, place, advice }
                })
            }
            status = ended(&mut self.child) => Err(StartError::Exited(status)),
        }
    }

    /// Sends an event, and waits for the response.
    ///
    /// # Errors
    ///
    /// If the function reports an error, ends, does not answer within `limit`, or answers with more
    /// bytes than Lambda allows.
    pub async fn invoke(
        &mut self,
        event: impl Into<Bytes>,
        limit: Duration,
    ) -> Result<Bytes, FunctionError> {
        let mut response = Box::pin(self.api.submit(event, limit).response());
        let answer = async {
            tokio::select! {
                biased;
                response = &mut response => response,
                status = ended(&mut self.child) => Err(FunctionError::Exited(status)),
            }
        };
        timeout(limit, answer).await.unwrap_or(Err(FunctionError::TimedOut(limit)))
    }

    /// Returns `true` if the function has taken the last event.
    pub fn has_taken_event(&self) -> bool {
        !self.api.is_waiting()
    }

    /// Returns the time from the start of the process until it asked for an event. This time is the
    /// function's own part of Lambda's `Init Duration`.
    pub fn init_duration(&self) -> Duration {
        self.init_duration
    }

    /// Returns the id of the process, as long as it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends the function, and waits for the rest of its log.
    pub async fn end(&mut self) {
        // The function may still log after its answer. Waiting for the end of the log is
        // impossible, because the pipe stays open as long as the function runs.
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.kill();
        self.log.ended().await;
    }

    /// Kills the process group, even if the function itself has ended: a bootstrap may be a script
    /// whose child processes outlive it.
    fn kill(&self) {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for FunctionProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Starts a function, sends one event, and ends the function. The function logs all failures,
/// whatever `settings` says. Its output goes to `log`. Returns the response, and the causes of
/// failed records from the log.
///
/// # Errors
///
/// If the function cannot be started, or does not answer.
pub async fn invoke_once(
    settings: &ProcessSettings,
    event: Bytes,
    limit: Duration,
    log: impl Write + Send + 'static,
) -> Result<(Bytes, Causes), InvokeError> {
    let causes = Arc::new(Mutex::new(Causes::default()));
    let found = Arc::clone(&causes);
    let inspect = move |line: &[u8]| {
        found.lock().unwrap_or_else(PoisonError::into_inner).inspect(line);
    };
    let settings = ProcessSettings { logs_all_failures: true, ..settings.clone() };
    let mut function = FunctionProcess::launch(&settings, limit, log, inspect).await?;
    let response = function.invoke(event, limit).await;
    function.end().await;
    let causes = causes.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok((response?, causes))
}

/// Waits for the end of the process. An unreadable status counts as success, since the process is
/// gone either way.
async fn ended(child: &mut Child) -> ExitStatus {
    child.wait().await.unwrap_or_default()
}
