use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
    fs, io,
    net::SocketAddr,
    path::{self, Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

use super::{error::StartError, handler::HandlerProcess};
use crate::aws_names::REGION;

/// The settings of a process that runs a function.
#[derive(Clone, Debug)]
pub struct ProcessSettings {
    /// The executable.
    pub binary: PathBuf,
    /// The arguments of the executable. Default: none, as in Lambda.
    pub arguments: Vec<OsString>,
    /// The memory size in MB that the environment of the function states. Nothing enforces the
    /// size. Default: 512.
    pub memory_size: u32,
    /// The environment variables of the function, in addition to those that Lambda sets.
    pub environment: BTreeMap<String, String>,
    /// `true` if a function of this project is to log the cause of each failure, whatever
    /// `environment` says. The log takes CPU time. Default: `false`, as in Lambda.
    pub logs_all_failures: bool,
    /// The handler that the interpreter in `binary` runs. Default: `None`, for an executable that
    /// uses the Lambda Runtime API by itself.
    pub handler: Option<HandlerProcess>,
}

impl ProcessSettings {
    /// Creates the default settings of an executable.
    pub fn new(binary: &Path) -> Self {
        Self {
            binary: binary.to_owned(),
            arguments: Vec::new(),
            memory_size: 512,
            environment: BTreeMap::new(),
            logs_all_failures: false,
            handler: None,
        }
    }

    /// Checks that the executable exists. Callers check this before they open a log.
    ///
    /// # Errors
    ///
    /// If the executable is missing.
    pub fn check(&self) -> Result<(), StartError> {
        let present = fs::metadata(&self.binary);
        present
            .map(|_| ())
            .map_err(|error| StartError::Spawn { binary: self.binary.clone(), error })
    }

    /// Returns the command, with the environment that Lambda gives to a function:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>.
    pub(super) fn command(&self, api: SocketAddr) -> io::Result<Command> {
        // The path may be relative to the current folder, but the function starts in its task root.
        let binary = path::absolute(&self.binary)?;
        let region = env::var("AWS_REGION").or_else(|_| env::var("AWS_DEFAULT_REGION"));
        let region = region.unwrap_or_else(|_| REGION.to_owned());
        let handler = self.handler.as_ref();
        let (name, task_root) = match handler {
            Some(handler) => (OsStr::new(handler.name()), handler.task_root()),
            None => {
                let folder = binary.parent().unwrap_or(Path::new("/"));
                (binary.file_stem().unwrap_or_default(), folder)
            }
        };
        let mut command = Command::new(&binary);
        command
            .args(&self.arguments)
            .envs(&self.environment)
            .env("AWS_LAMBDA_RUNTIME_API", api.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", self.memory_size.to_string())
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .env("AWS_LAMBDA_LOG_FORMAT", "JSON")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/firehose-local")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "firehose-local")
            .env("AWS_REGION", &region)
            .env("AWS_DEFAULT_REGION", &region)
            .env("LAMBDA_TASK_ROOT", task_root)
            .env("_HANDLER", handler.map_or("bootstrap", HandlerProcess::handler))
            .env("TZ", ":UTC")
            .current_dir(task_root)
            .stdin(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(handler) = handler {
            command.env("AWS_EXECUTION_ENV", handler.execution_environment());
        }
        if self.logs_all_failures {
            command.env("FIREHOSE_TRANSFORM_FAILURE_LOG", "all");
        }
        Ok(command)
    }
}
