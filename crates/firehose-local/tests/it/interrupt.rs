use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::firehose_local::{INTEGERS, assert_gone, command};

/// A function that says its process id, and then never asks for an event.
const ENDLESS: &str = "#!/bin/sh\necho $$\nexec sleep 600\n";

fn interrupted_by(signal: Signal) {
    let folder = tempfile::tempdir().unwrap();
    let bootstrap = folder.path().join("bootstrap");
    std::fs::write(&bootstrap, ENDLESS).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&bootstrap, mode).unwrap();

    let mut command = command(&["invoke", "--binary", bootstrap.to_str().unwrap(), INTEGERS]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let function: i32 = lines.next().unwrap().unwrap().parse().unwrap();
    kill_process(Pid::from_child(&child), signal).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));

    assert_gone(function);
}

#[test]
fn an_interrupt_ends_the_function_too() {
    interrupted_by(Signal::INT);
}

#[test]
fn so_does_a_request_to_terminate() {
    interrupted_by(Signal::TERM);
}
