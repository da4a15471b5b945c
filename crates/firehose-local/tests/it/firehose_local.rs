//! Helpers that run the binary.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    thread,
    time::Duration,
};

use cargo_metadata::MetadataCommand;
use serde_json::Value;

/// The exit code and the output of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Returns the command `firehose-local` in the root of the workspace.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_firehose-local"));
    command.current_dir(workspace()).args(arguments);
    command
}

pub(crate) fn run(arguments: &[&str]) -> Run {
    run_with(command(arguments), "")
}

/// Runs a command with this standard input.
pub(crate) fn run_with(mut command: Command, stdin: &str) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that does not read its input closes the pipe early.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().expect("a signal ended the command"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Run {
    /// Asserts the exit code and a part of standard error.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32, message: &str) {
        assert_eq!(self.code, code, "{self:#?}");
        assert!(self.stderr.contains(message), "no {message:?} in {}", self.stderr);
    }

    pub(crate) fn response(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// Waits until a killed process has ended. Panics after a minute.
#[track_caller]
pub(crate) fn assert_gone(pid: i32) {
    let stat = format!("/proc/{pid}/stat");
    for _ in 0..6000 {
        // A zombie has ended, but its parent has not collected it yet.
        match fs::read_to_string(&stat) {
            Ok(state) if !state.contains(") Z ") => thread::sleep(Duration::from_millis(10)),
            Ok(_) | Err(_) => return,
        }
    }
    panic!("process {pid} still runs");
}

/// Creates an executable that replaces cargo and runs for ten minutes. The executable writes its
/// process id to the file `id`.
pub(crate) fn endless_cargo(folder: &Path, id: &Path) -> String {
    let cargo = folder.join("cargo");
    fs::write(&cargo, format!("#!/bin/sh\necho $$ > {}\nexec sleep 600\n", id.display())).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    cargo.into_os_string().into_string().unwrap()
}

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Returns the path of the example `faulty`.
pub(crate) fn faulty() -> String {
    example("faulty")
}

/// Returns the path of an example of this package, which `cargo test` builds.
pub(crate) fn example(name: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_firehose-local"));
    let example = binary.parent().unwrap().join("examples").join(name);
    assert!(
        example.exists(),
        "{} is missing: cargo build -p firehose-local --examples",
        example.display()
    );
    example.into_os_string().into_string().unwrap()
}

/// Returns the path of the function `examples/square-values`. Builds the function once.
pub(crate) fn square_values() -> &'static str {
    static BINARY: OnceLock<String> = OnceLock::new();
    BINARY.get_or_init(|| {
        run(&["invoke", "--package", "square-values", INTEGERS]).ends(0, "keeps");
        // `--package` builds with the default profile of `cargo build`.
        let target = MetadataCommand::new().no_deps().exec().unwrap().target_directory;
        target.join("debug/square-values").into_string()
    })
}

pub(crate) const INTEGERS: &str = "fixtures/square-values/integers/event.json";
