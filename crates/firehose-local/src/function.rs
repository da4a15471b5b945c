use std::{
    env,
    path::{self, Path},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use bytes::Bytes;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    process::{Child, Command},
    task::JoinHandle,
    time::timeout,
};

use crate::{
    FunctionError, InvokeError, RuntimeApi, StartError, causes::Causes, log::Log,
    runtime_api::InitError,
};

/// How long the rest of the log may take once the function has answered or ended.
const LOG_GRACE: Duration = Duration::from_millis(500);

/// A function, running: any executable that talks to the Lambda Runtime API.
///
/// Its output goes to standard error. It is ended, with all processes that it started, when
/// the value is dropped.
#[derive(Debug)]
pub struct Function {
    api: RuntimeApi,
    child: Child,
    log: Log,
    followers: Vec<JoinHandle<()>>,
}

impl Function {
    /// Starts the executable, and waits until it asks for an event.
    ///
    /// # Errors
    ///
    /// If it cannot be started, ends, reports an error of its initialization, or does not
    /// ask for an event within `limit`.
    pub async fn start(binary: &Path, limit: Duration) -> Result<Self, StartError> {
        let api = RuntimeApi::start().await.map_err(StartError::RuntimeApi)?;
        let spawn_error = |error| StartError::Spawn { binary: binary.to_owned(), error };
        // Relative to where the user is, not to the task root that the function starts in.
        let binary = path::absolute(binary).map_err(spawn_error)?;
        let mut child = command(&binary, &api).spawn().map_err(spawn_error)?;
        let log = Log::default();
        let mut followers = Vec::new();
        if let Some(output) = child.stdout.take() {
            followers.push(tokio::spawn(log.clone().follow(output)));
        }
        if let Some(output) = child.stderr.take() {
            followers.push(tokio::spawn(log.clone().follow(output)));
        }
        let mut function = Self { api, child, log, followers };
        match timeout(limit, function.ready()).await {
            Ok(Ok(())) => Ok(function),
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

    /// The id of its process, as long as it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends the function, and returns what its log said of failed records.
    pub(crate) async fn end(&mut self) -> Causes {
        // What it logged after its answer is still in the pipe, and the pipe stays open for
        // as long as it runs.
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.kill();
        for follower in self.followers.drain(..) {
            let _ = timeout(LOG_GRACE, follower).await;
        }
        self.log.causes()
    }

    fn kill(&mut self) {
        // The group, since a bootstrap may be a script that starts the real thing.
        if let Some(group) = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
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
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    command
}
