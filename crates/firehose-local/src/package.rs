use std::{env, path::PathBuf, process::Stdio};

use cargo_metadata::{Message, TargetKind};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use crate::StartError;

/// Builds a package of the workspace that the current folder is in, and returns its
/// executable. What `cargo build` has to say goes to standard error.
pub(crate) async fn build(package: &str, release: bool) -> Result<PathBuf, StartError> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--message-format=json-render-diagnostics", "--package", package]);
    if release {
        command.arg("--release");
    }
    let cannot = |error| StartError::Build(format!("cannot run cargo build: {error}"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(cannot)?;
    let mut executables = Vec::new();
    if let Some(output) = child.stdout.take() {
        let mut lines = BufReader::new(output).split(b'\n');
        while let Some(line) = lines.next_segment().await.map_err(cannot)? {
            // What is no message is output of a build script or of cargo itself.
            if let Ok(Message::CompilerArtifact(artifact)) = serde_json::from_slice(&line)
                && artifact.target.kind.contains(&TargetKind::Bin)
                && let Some(executable) = artifact.executable
            {
                executables.push((artifact.target.name, executable.into_std_path_buf()));
            }
        }
    }
    let status = child.wait().await.map_err(cannot)?;
    if !status.success() {
        return Err(StartError::Build(format!(
            "cargo build --package {package} failed ({status})"
        )));
    }
    choose(package, executables)
}

/// The one executable, or the one that is called like the package.
fn choose(package: &str, mut executables: Vec<(String, PathBuf)>) -> Result<PathBuf, StartError> {
    if executables.len() > 1 {
        executables.retain(|(name, _)| name == package);
    }
    match executables.pop() {
        Some((_, executable)) => Ok(executable),
        None => Err(StartError::Build(format!(
            "package {package} builds no executable of its own name; build the one you mean, and give its path with --binary"
        ))),
    }
}
