//! Tests with readers of standard error that are slow or do not read at all, and with a killed
//! `firehose-local`. No record may be lost, and no process may hang or keep running.

use std::{
    fs,
    io::{Read, Write},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    delivery::wait_until,
    firehose_local::{assert_gone, command},
};

/// A function in Python that logs a megabyte of lines before each answer.
const TALKATIVE: &str = r#"#!/usr/bin/env python3
import json, os, sys, urllib.request
with open(os.environ["PID_FILE"], "w") as file:
    file.write(f"{os.getpid()}\n")
api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
while True:
    with urllib.request.urlopen(f"{api}/next") as event:
        request_id = event.headers["lambda-runtime-aws-request-id"]
        records = json.load(event)["records"]
    sys.stderr.write(("x" * 99 + "\n") * 10000)
    sys.stderr.flush()
    answers = [{"recordId": it["recordId"], "result": "Ok", "data": it["data"]} for it in records]
    response = json.dumps({"records": answers}).encode()
    urllib.request.urlopen(f"{api}/{request_id}/response", response).close()
"#;

struct Talkative {
    folder: TempDir,
}

impl Talkative {
    fn new() -> Self {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let bootstrap = folder.path().join("bootstrap");
        fs::write(&bootstrap, TALKATIVE).unwrap();
        fs::set_permissions(&bootstrap, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    /// Starts a run whose standard error is a pipe that nobody reads yet.
    fn start(&self, arguments: &[&str]) -> Child {
        let path =
            |name: &str| self.folder.path().join(name).into_os_string().into_string().unwrap();
        let (bootstrap, to) = (path("bootstrap"), path("to"));
        let all =
            ["run", "--delivery-stream", "demo", "--binary", &bootstrap, "--to", &to, "--json"];
        let mut command: Command = command(&[&all[..], arguments].concat());
        command.env("PID_FILE", path("pid"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    fn pid(&self) -> i32 {
        let path = self.folder.path().join("pid");
        wait_until("the function", || fs::read_to_string(&path).is_ok_and(|it| it.ends_with('\n')));
        fs::read_to_string(path).unwrap().trim().parse().unwrap()
    }
}

fn ended(run: &mut Child, limit: Duration) -> bool {
    let start = Instant::now();
    while start.elapsed() < limit {
        if run.try_wait().unwrap().is_some() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    false
}

fn pid_of(run: &Child) -> Pid {
    Pid::from_raw(run.id().cast_signed()).unwrap()
}

#[test]
fn a_log_that_nobody_reads_costs_no_records() {
    let function = Talkative::new();
    let mut run = function.start(&["--log", "-", "--retries", "0", "--timeout", "20"]);
    run.stdin.take().unwrap().write_all(b"one\ntwo\n").unwrap();
    // Standard error is not read until the run has ended.
    assert!(ended(&mut run, Duration::from_secs(60)), "the run waits for its reader");
    let (mut stdout, mut stderr) = (String::new(), String::new());
    run.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    run.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    let summary: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(summary["deliveryStreams"][0]["delivered"], 2, "{summary}");
    assert_eq!(run.wait().unwrap().code(), Some(0));
}

#[test]
fn signals_end_a_run_whose_standard_error_nobody_reads() {
    let function = Talkative::new();
    let mut run = function.start(&["--log", "-", "--lambda-buffer-interval", "0"]);
    let mut stdin = run.stdin.take().unwrap();
    stdin.write_all(b"one\ntwo\n").unwrap();
    function.pid();
    thread::sleep(Duration::from_millis(500));
    kill_process(pid_of(&run), Signal::TERM).unwrap();
    thread::sleep(Duration::from_millis(200));
    // The run may have ended after the first signal already.
    let _ = kill_process(pid_of(&run), Signal::TERM);
    assert!(ended(&mut run, Duration::from_secs(10)), "the signals do not end the run");
    assert_eq!(run.wait().unwrap().code(), Some(130));
}

#[test]
fn the_function_ends_with_a_killed_run() {
    let function = Talkative::new();
    let mut run = function.start(&["--lambda-buffer-interval", "0"]);
    run.stdin.as_mut().unwrap().write_all(b"one\n").unwrap();
    let pid = function.pid();
    run.kill().unwrap();
    run.wait().unwrap();
    assert_gone(pid);
}
