use std::{
    fs,
    io::{BufRead, BufReader, Read},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Stdio,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::firehose_local::{INTEGERS, assert_gone, command, square_values};

/// A function that writes its process id, and never asks for an event.
const ENDLESS: &str = "#!/bin/sh\necho $$\nexec sleep 600\n";

fn bootstrap(folder: &Path, text: &str) -> String {
    let bootstrap = folder.join("bootstrap");
    fs::write(&bootstrap, text).unwrap();
    fs::set_permissions(&bootstrap, fs::Permissions::from_mode(0o755)).unwrap();
    bootstrap.into_os_string().into_string().unwrap()
}

fn interrupted_by(signal: Signal) {
    let folder = tempfile::tempdir().unwrap();
    let bootstrap = bootstrap(folder.path(), ENDLESS);
    let mut command = command(&["invoke", "--binary", &bootstrap, INTEGERS]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let function: i32 = lines.next().unwrap().unwrap().parse().unwrap();
    kill_process(Pid::from_child(&child), signal).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_gone(function);
}

#[test]
fn an_interrupt_ends_the_function() {
    interrupted_by(Signal::INT);
}

#[test]
fn a_request_to_terminate_ends_the_function() {
    interrupted_by(Signal::TERM);
}

#[test]
fn a_closed_terminal_ends_the_function() {
    interrupted_by(Signal::HUP);
}

/// The command must not wait for a slow reader of its standard error.
#[test]
fn timeouts_and_signals_do_not_wait_for_a_reader_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let flood = "#!/bin/sh\necho $$\nexec yes flooding the log\n";
    for signal in [None, Some(Signal::TERM)] {
        let bootstrap = bootstrap(folder.path(), flood);
        let arguments = ["invoke", "--timeout", "1", "--binary", &bootstrap, INTEGERS];
        let mut child = command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let function: i32 = lines.next().unwrap().unwrap().parse().unwrap();
        assert_eq!(lines.next().unwrap().unwrap(), "flooding the log");
        match signal {
            Some(signal) => kill_process(Pid::from_child(&child), signal).unwrap(),
            // The timeout ends the function. Then the message follows.
            None => {
                assert_gone(function);
                let message = "did not ask for an event within 1 s";
                assert!(lines.any(|line| line.unwrap().contains(message)));
            }
        }
        let code = if signal.is_some() { 130 } else { 4 };
        assert_eq!(child.wait().unwrap().code(), Some(code));
    }
}

/// The function has answered, and the command still writes the response.
#[test]
fn a_signal_ends_a_command_that_waits_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let event = folder.path().join("event.json");
    let records: Vec<_> =
        (0..10_000).map(|id| format!(r#"{{"recordId": "{id}", "data": "e30="}}"#)).collect();
    fs::write(&event, format!(r#"{{"records": [{}]}}"#, records.join(","))).unwrap();
    let arguments = ["invoke", "--binary", square_values(), event.to_str().unwrap()];
    let mut child =
        command(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    // The command has begun to write. Nobody reads the rest.
    stdout.read_exact(&mut [0]).unwrap();
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
