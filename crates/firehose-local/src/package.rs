use std::{
    env,
    io::BufReader,
    path::PathBuf,
    process::{Command, Stdio},
};

use cargo_metadata::{Message, TargetKind};

use crate::StartError;

/// Builds a package of the workspace that the current folder is in, and returns its
/// executable. What `cargo build` has to say goes to standard error.
pub(crate) fn build(package: &str, release: bool) -> Result<PathBuf, StartError> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--message-format=json-render-diagnostics", "--package", package]);
    if release {
        command.arg("--release");
    }
    let cannot = |error| StartError::Build(format!("cannot run cargo build: {error}"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(cannot)?;
    let mut executables = Vec::new();
    if let Some(output) = child.stdout.take() {
        for message in Message::parse_stream(BufReader::new(output)) {
            if let Message::CompilerArtifact(artifact) = message.map_err(cannot)?
                && artifact.target.kind.contains(&TargetKind::Bin)
                && let Some(executable) = artifact.executable
            {
                executables.push((artifact.target.name, executable.into_std_path_buf()));
            }
        }
    }
    let status = child.wait().map_err(cannot)?;
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
            "package {package} has no executable of its own name; name one with --binary"
        ))),
    }
}
