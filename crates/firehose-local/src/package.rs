use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
};

use cargo_metadata::{Message, TargetKind};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use firehose_delivery::function::StartError;

/// What `cargo build` is to build.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    /// The one executable of a package, or the one that is called like it.
    Package(&'a str),
    /// An executable, of whatever package.
    Binary(&'a str),
}

/// Builds an executable of the workspace that `folder` is in, and returns its path. What
/// `cargo build` has to say goes to standard error.
pub(crate) async fn build(
    target: Target<'_>,
    release: bool,
    folder: &Path,
) -> Result<PathBuf, StartError> {
    let (option, name) = match target {
        Target::Package(name) => ("--package", name),
        Target::Binary(name) => ("--bin", name),
    };
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--message-format=json-render-diagnostics", option, name]);
    command.current_dir(folder);
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
        return Err(StartError::Build(format!("cargo build {option} {name} failed ({status})")));
    }
    choose(name, executables)
}

/// The one executable, or the one of this name.
fn choose(name: &str, mut executables: Vec<(String, PathBuf)>) -> Result<PathBuf, StartError> {
    if executables.len() > 1 {
        executables.retain(|(executable, _)| executable == name);
    }
    match executables.pop() {
        Some((_, executable)) => Ok(executable),
        None => Err(StartError::Build(format!(
            "package {name} builds no executable of its own name; build the one you mean, and give its path with --binary"
        ))),
    }
}
