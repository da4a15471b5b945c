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
    process_settings::ProcessSettings,
};
use crate::runtime_api::{InitError, RuntimeApi};

/// A function, running: any executable that talks to the Lambda Runtime API.
///
/// Its output goes to standard error. It is ended, with all processes that it started, when
/// the value is dropped; of those, only one that made a session of its own gets away.
#[derive(Debug)]
pub struct FunctionProcess {
    api: RuntimeApi,
    child: Child,
    /// The process group of the function and of all that it starts.
    group: Option<Pid>,
    log: Log,
    init_duration: Duration,
}

impl FunctionProcess {
    /// Starts the executable, and waits until it asks for an event.
    ///
    /// # Errors
    ///
    /// If it cannot be started, ends, reports an error of its initialization, or does not
    /// ask for an event within `limit`.
    pub async fn start(binary: &Path, limit: Duration) -> Result<Self, StartError> {
        Self::launch(&ProcessSettings::new(binary), limit, io::stderr(), |_| {}).await
    }

    /// [`start`](Self::start), with the function's output going nowhere.
    ///
    /// # Errors
    ///
    /// As for `start`.
    pub async fn start_quietly(binary: &Path, limit: Duration) -> Result<Self, StartError> {
        Self::launch(&ProcessSettings::new(binary), limit, io::sink(), |_| {}).await
    }

    /// [`start`](Self::start), with settings, and with whoever follows its log.
    pub async fn launch(
        settings: &ProcessSettings,
        limit: Duration,
        log: impl Write + Send + 'static,
        look_into: impl FnMut(&[u8]) + Send + 'static,
    ) -> Result<Self, StartError> {
        let api = RuntimeApi::start().await.map_err(StartError::RuntimeApi)?;
        let spawn_error = |error| StartError::Spawn { binary: settings.binary.clone(), error };
        // One pipe for both outputs, so that the lines stay in their order.
        let (output, input) = io::pipe().map_err(spawn_error)?;
        let mut command = settings.command(api.address()).map_err(spawn_error)?;
        command.stdout(input.try_clone().map_err(spawn_error)?).stderr(input);
        let start = Instant::now();
        let child = command.spawn().map_err(spawn_error)?;
        // The command keeps the end of the pipe that the function writes to.
        drop(command);
        let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let log = Log::follow(output, log, look_into);
        let mut function = Self { api, child, group, log, init_duration: Duration::ZERO };
        match timeout(limit, function.ready()).await {
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

    async fn ready(&mut self) -> Result<(), StartError> {
        tokio::select! {
            biased;
            ready = self.api.ready() => {
                ready.map_err(|InitError { error_type, message }| StartError::Init { error_type, message })
            }
            status = ended(&mut self.child) => Err(StartError::Exited(status)),
        }
    }

    /// Sends an event, and waits for the response.
    ///
    /// # Errors
    ///
    /// If the function reports an error, ends, or does not answer within `limit`.
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

    /// Whether it has asked for the event that it was sent last.
    pub fn has_taken_event(&self) -> bool {
        !self.api.is_waiting()
    }

    /// The time from the start of its process until it asked for an event: of what Lambda
    /// reports as `Init Duration`, the function's own part.
    pub fn init_duration(&self) -> Duration {
        self.init_duration
    }

    /// The id of its process, as long as it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends the function, and waits for the rest of its log.
    pub async fn end(&mut self) {
        // What it logs after its answer is still to come, and the pipe stays open for as long
        // as it runs.
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.kill();
        self.log.ended().await;
    }

    /// Kills the group, also when the function itself has ended: a bootstrap may be a script,
    /// and what it started may outlive it.
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

/// The whole life of a function for one event.
pub async fn invoke_once(
    binary: &Path,
    event: Bytes,
    limit: Duration,
) -> Result<(Bytes, Causes), InvokeError> {
    let causes = Arc::new(Mutex::new(Causes::default()));
    let found = Arc::clone(&causes);
    let look_into = move |line: &[u8]| {
        found.lock().unwrap_or_else(PoisonError::into_inner).look_into(line);
    };
    let settings = ProcessSettings::new(binary);
    let mut function = FunctionProcess::launch(&settings, limit, io::stderr(), look_into).await?;
    let response = function.invoke(event, limit).await;
    function.end().await;
    let causes = causes.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok((response?, causes))
}

/// A status that cannot be read is as good as a success: the process is gone either way.
async fn ended(child: &mut Child) -> ExitStatus {
    child.wait().await.unwrap_or_default()
}
