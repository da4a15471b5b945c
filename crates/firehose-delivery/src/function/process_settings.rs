use std::{
    collections::BTreeMap,
    env, io,
    net::SocketAddr,
    path::{self, Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

use crate::aws_names::REGION;

/// What a function is started with.
#[derive(Clone, Debug)]
pub struct ProcessSettings {
    pub binary: PathBuf,
    /// In MB. Nothing enforces it; a function may read it.
    pub memory_size: u32,
    /// Variables of its own, beside those that Lambda sets.
    pub environment: BTreeMap<String, String>,
}

impl ProcessSettings {
    pub fn new(binary: &Path) -> Self {
        Self { binary: binary.to_owned(), memory_size: 512, environment: BTreeMap::new() }
    }

    /// The command with the environment that Lambda gives to a function:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>.
    pub(super) fn command(&self, api: SocketAddr) -> io::Result<Command> {
        // Relative to where the user is: the function itself starts in its task root.
        let binary = path::absolute(&self.binary)?;
        let name = binary.file_stem().unwrap_or_default();
        let region = env::var("AWS_REGION").or_else(|_| env::var("AWS_DEFAULT_REGION"));
        let region = region.unwrap_or_else(|_| REGION.to_owned());
        let task_root = binary.parent().unwrap_or(Path::new("/"));
        let mut command = Command::new(&binary);
        command
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
            .env("_HANDLER", "bootstrap")
            .env("TZ", ":UTC")
            .current_dir(task_root)
            .stdin(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        Ok(command)
    }
}
