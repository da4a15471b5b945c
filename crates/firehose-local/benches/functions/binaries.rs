use std::{
    env,
    error::Error,
    path::PathBuf,
    process::{Command, Stdio},
};

use cargo_metadata::{Message, MetadataCommand};

/// A function to measure.
pub(crate) struct Binary {
    pub(crate) name: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) work: Work,
}

/// The work of a function. Functions with the same work have equal answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// The function returns the event.
    Echo,
    Identity,
    Square,
}

pub(crate) const ECHO: &str = "echo";
pub(crate) const HAND_WRITTEN_IDENTITY: &str = "hand-written-identity";
pub(crate) const IDENTITY: &str = "identity";
pub(crate) const HAND_WRITTEN_SQUARE: &str = "hand-written-square";
pub(crate) const SQUARE_VALUES: &str = "square-values";
pub(crate) const AS_SHIPPED: &str = "square-values, cargo lambda";

/// Builds all functions with the release profile. The last function is built by cargo-lambda, as users
/// ship it, and is left out without cargo-lambda.
///
/// Each function has its own `cargo build`. In a common build, cargo would build every binary with
/// the features of all binaries.
pub(crate) fn build_all() -> Result<Vec<Binary>, Box<dyn Error>> {
    let mut binaries = Vec::new();
    for (name, work, features) in [
        (ECHO, Work::Echo, "echo"),
        (HAND_WRITTEN_IDENTITY, Work::Identity, "hand-written"),
        (IDENTITY, Work::Identity, "identity"),
        (HAND_WRITTEN_SQUARE, Work::Square, "hand-written"),
    ] {
        let arguments = ["--package", "measured-functions", "--features", features, "--bin", name];
        binaries.push(Binary { name, path: build(&arguments)?, work });
    }
    let path = build(&["--package", "square-values"])?;
    binaries.push(Binary { name: SQUARE_VALUES, path, work: Work::Square });
    match build_as_shipped()? {
        Some(path) => binaries.push(Binary { name: AS_SHIPPED, path, work: Work::Square }),
        None => eprintln!("cargo-lambda is not installed: skipped the binary that it builds"),
    }
    Ok(binaries)
}

/// Builds one binary, and returns its path.
fn build(arguments: &[&str]) -> Result<PathBuf, Box<dyn Error>> {
    let mut command = cargo();
    command.args(["build", "--release", "--message-format=json-render-diagnostics"]);
    let output = command.args(arguments).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("cargo build {} failed", arguments.join(" ")).into());
    }
    let executable =
        Message::parse_stream(output.stdout.as_slice()).find_map(|message| match message {
            Ok(Message::CompilerArtifact(artifact)) => artifact.executable,
            _ => None,
        });
    Ok(executable.ok_or("cargo build gave no executable")?.into_std_path_buf())
}

fn build_as_shipped() -> Result<Option<PathBuf>, Box<dyn Error>> {
    let is_installed = cargo().args(["lambda", "--version"]).output()?.status.success();
    if !is_installed {
        return Ok(None);
    }
    let mut command = cargo();
    let status =
        command.args(["lambda", "build", "--release", "--package", SQUARE_VALUES]).status()?;
    if !status.success() {
        return Err("cargo lambda build failed".into());
    }
    let folder = MetadataCommand::new().no_deps().exec()?.target_directory;
    Ok(Some(folder.join("lambda").join(SQUARE_VALUES).join("bootstrap").into_std_path_buf()))
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
