use std::{
    env,
    error::Error,
    fmt,
    path::{Path, PathBuf},
    process::Stdio,
};

use cargo_metadata::{Message, TargetKind};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

/// The target of `cargo build`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    /// The only executable of a package, or the executable with the package's name.
    Package(&'a str),
    /// An executable of any package.
    Binary(&'a str),
}

/// The reason why `cargo build` produced no executable.
#[derive(Debug)]
pub(crate) struct BuildError(String);

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for BuildError {}

/// Builds an executable of the workspace that contains `folder`, and returns its path.
///
/// The messages of `cargo build` go to standard error.
///
/// # Errors
///
/// If `cargo build` fails, or builds no executable of the target.
pub(crate) async fn build(
    target: Target<'_>,
    release: bool,
    folder: &Path,
) -> Result<PathBuf, BuildError> {
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
    let cannot = |error| BuildError(format!("cannot run cargo build: {error}"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(cannot)?;
    let mut executables = Vec::new();
    if let Some(output) = child.stdout.take() {
        let mut lines = BufReader::new(output).split(b'\n');
        while let Some(line) = lines.next_segment().await.map_err(cannot)? {
            // Other lines are output of a build script or of cargo itself.
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
        return Err(BuildError(format!("cargo build {option} {name} failed ({status})")));
    }
    choose(name, executables)
}

/// Returns the only executable, or the executable of this name.
fn choose(name: &str, mut executables: Vec<(String, PathBuf)>) -> Result<PathBuf, BuildError> {
    if executables.len() > 1 {
        executables.retain(|(executable, _)| executable == name);
    }
    match executables.pop() {
        Some((_, executable)) => Ok(executable),
        None => Err(BuildError(format!(
            "cargo build made no executable with the name {name}; build the executable yourself, \
             and give its path with --binary"
        ))),
    }
}
