use std::{
    env,
    io::{self, Write},
    path::{self, Path},
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use bytes::Bytes;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    process::{Child, Command},
    time::timeout,
};

use crate::{
    FunctionError, InvokeError, RuntimeApi, StartError, causes::Causes, log::Log,
    runtime_api::InitError,
};

/// A function, running: any executable that talks to the Lambda Runtime API.
///
/// Its output goes to standard error. It is ended, with all processes that it started, when
/// the value is dropped; of those, only one that made a session of its own gets away.
#[derive(Debug)]
pub struct Function {
    api: RuntimeApi,
    child: Child,
    /// The process group of the function and of all that it starts.
    group: Option<Pid>,
    log: Log,
    init_duration: Duration,
}

impl Function {
    /// Starts the executable, and waits until it asks for an event.
    ///
    /// # Errors
    ///
    /// If it cannot be started, ends, reports an error of its initialization, or does not
    /// ask for an event within `limit`.
    pub async fn start(binary: &Path, limit: Duration) -> Result<Self, StartError> {
        Self::start_logging_to(io::stderr(), binary, limit).await
    }

    /// [`start`](Self::start), with the function's output going nowhere.
    ///
    /// # Errors
    ///
    /// As for `start`.
    pub async fn start_quietly(binary: &Path, limit: Duration) -> Result<Self, StartError> {
        Self::start_logging_to(io::sink(), binary, limit).await
    }

    async fn start_logging_to(
        log: impl Write + Send + 'static,
        binary: &Path,
        limit: Duration,
    ) -> Result<Self, StartError> {
        let api = RuntimeApi::start().await.map_err(StartError::RuntimeApi)?;
        let spawn_error = |error| StartError::Spawn { binary: binary.to_owned(), error };
        // Relative to where the user is: the function itself starts in its task root.
        let binary = path::absolute(binary).map_err(spawn_error)?;
        // One pipe for both outputs, so that the lines stay in their order.
        let (output, input) = io::pipe().map_err(spawn_error)?;
        let mut command = command(&binary, &api);
        command.stdout(input.try_clone().map_err(spawn_error)?).stderr(input);
        let start = Instant::now();
        let child = command.spawn().map_err(spawn_error)?;
        // The command keeps the end of the pipe that the function writes to.
        drop(command);
        let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let log = Log::follow(output, log);
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

    /// The time from the start of its process until it asked for an event: of what Lambda
    /// reports as `Init Duration`, the function's own part.
    pub fn init_duration(&self) -> Duration {
        self.init_duration
    }

    /// The id of its process, as long as it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends the function, and returns what its log said of failed records.
    pub(crate) async fn end(&mut self) -> Causes {
        // What it logs after its answer is still to come, and the pipe stays open for as long
        // as it runs.
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.kill();
        self.log.causes().await
    }

    /// Kills the group, also when the function itself has ended: a bootstrap may be a script,
    /// and what it started may outlive it.
    fn kill(&self) {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The whole life of a function for one event.
pub(crate) async fn invoke_once(
    binary: &Path,
    event: Bytes,
    limit: Duration,
) -> Result<(Bytes, Causes), InvokeError> {
    let mut function = Function::start(binary, limit).await?;
    let response = function.invoke(event, limit).await;
    let causes = function.end().await;
    Ok((response?, causes))
}

/// A status that cannot be read is as good as a success: the process is gone either way.
async fn ended(child: &mut Child) -> ExitStatus {
    child.wait().await.unwrap_or_default()
}

/// The command with the environment that Lambda gives to a function:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>.
fn command(binary: &Path, api: &RuntimeApi) -> Command {
    let name = binary.file_stem().unwrap_or_default();
    let region = env::var("AWS_REGION").or_else(|_| env::var("AWS_DEFAULT_REGION"));
    let region = region.unwrap_or_else(|_| "us-east-1".to_owned());
    let mut command = Command::new(binary);
    command
        .env("AWS_LAMBDA_RUNTIME_API", api.address().to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
        .env("AWS_LAMBDA_LOG_FORMAT", "JSON")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/firehose-local")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "firehose-local")
        .env("AWS_REGION", &region)
        .env("AWS_DEFAULT_REGION", &region)
        .env("LAMBDA_TASK_ROOT", binary.parent().unwrap_or(Path::new("/")))
        .env("_HANDLER", "bootstrap")
        .env("TZ", ":UTC")
        .current_dir(binary.parent().unwrap_or(Path::new("/")))
        .stdin(Stdio::null())
        .process_group(0)
        .kill_on_drop(true);
    command
}
