//! A second signal ends `run` and `replay` within two seconds, whatever they wait for: a reader of
//! their output, a function, or a store.

use std::{
    fs,
    io::{self, Write},
    os::fd::AsFd,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::{io::ioctl_fionbio, process::Signal};
use tempfile::TempDir;

use crate::{
    bucket::{Answer, Bucket},
    delivery::{interrupt_twice, send, wait_until},
    firehose_local::{assert_gone, command, faulty},
};

/// The time that the documentation promises, and a supplement for a busy machine. A command that
/// waits for a reader, a function or a store would wait for minutes.
const LIMIT: Duration = Duration::from_secs(2 + 3);

/// A command whose function has the fault `FAULT` and keeps its files in `folder`.
struct TestedCommand {
    folder: TempDir,
    command: Command,
    name: &'static str,
}

impl TestedCommand {
    /// Returns `run` and `replay` with a function that has this fault. Both read three records.
    fn both(fault: &str, more: &[&str]) -> [Self; 2] {
        let faulty = faulty();
        let stream = ["--delivery-stream", "demo", "--lambda-buffer-interval", "0"];
        let run = [&["run", "--json", "--binary", &faulty][..], &stream, more].concat();
        let replay = [&["replay", "--json", "--binary", &faulty], more].concat();
        [("run", run), ("replay", replay)].map(|(name, arguments)| {
            let folder = tempfile::tempdir().unwrap();
            let input = folder.path().join("input");
            let line = match name {
                "run" => "record\n",
                _ => "{\"rawData\":\"YQ==\",\"errorCode\":\"Lambda.FunctionError\"}\n",
            };
            fs::write(&input, line.repeat(3)).unwrap();
            let mut command = command(&arguments);
            command.arg(input).env("FAULT", fault).env("FAULT_FOLDER", folder.path());
            command.env("AWS_ACCESS_KEY_ID", "id").env("AWS_SECRET_ACCESS_KEY", "secret");
            if !arguments.contains(&"--to") {
                command.arg("--to").arg(folder.path().join("store"));
            }
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            Self { folder, command, name }
        })
    }

    /// Starts the command, waits until `is_waiting`, and asserts that two signals end it.
    #[track_caller]
    fn ends_after_two_signals(&mut self, is_waiting: impl Fn(&Path) -> bool) {
        let mut child = self.command.spawn().unwrap();
        wait_until(self.name, || is_waiting(self.folder.path()));
        interrupt_twice(&child);
        assert_ends(&mut child, self.name);
        for number in 1.. {
            let Ok(id) = fs::read_to_string(self.folder.path().join(format!("start-{number}")))
            else {
                break;
            };
            assert_gone(id.parse().unwrap());
        }
    }
}

/// Waits for the end of a command after its last signal.
#[track_caller]
fn assert_ends(child: &mut Child, name: &str) {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > LIMIT {
            child.kill().unwrap();
            panic!("{name} still runs {LIMIT:?} after its last signal; two seconds are promised");
        }
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(child.wait().unwrap().code(), Some(130), "{name}");
}

/// Returns `true` once the function has received an event.
fn has_event(folder: &Path) -> bool {
    folder.join("event-1").exists()
}

/// Returns the two ends of a pipe that has no room. Nothing reads the pipe.
fn full_pipe() -> (io::PipeReader, io::PipeWriter) {
    let (reader, mut writer) = io::pipe().unwrap();
    ioctl_fionbio(writer.as_fd(), true).unwrap();
    while writer.write(&[b'x'; 4096]).is_ok() {}
    while writer.write(b"x").is_ok() {}
    ioctl_fionbio(writer.as_fd(), false).unwrap();
    (reader, writer)
}

#[test]
fn a_function_that_hangs_is_ended() {
    for mut command in TestedCommand::both("hang", &[]) {
        command.ends_after_two_signals(has_event);
    }
}

#[test]
fn a_full_standard_output_is_not_waited_for() {
    for mut command in TestedCommand::both("hang", &[]) {
        let (_reader, writer) = full_pipe();
        command.command.stdout(writer);
        command.ends_after_two_signals(has_event);
    }
}

#[test]
fn a_full_standard_error_is_not_waited_for() {
    for mut command in TestedCommand::both("hang", &[]) {
        let (_reader, writer) = full_pipe();
        command.command.stderr(writer);
        command.ends_after_two_signals(has_event);
    }
}

#[test]
fn two_full_outputs_are_not_waited_for() {
    for mut command in TestedCommand::both("hang", &[]) {
        let ((_reader, stdout), (_other, stderr)) = (full_pipe(), full_pipe());
        command.command.stdout(stdout).stderr(stderr);
        command.ends_after_two_signals(has_event);
    }
}

#[test]
fn a_store_that_hangs_is_not_waited_for() {
    let bucket = Bucket::new(|_| Answer::Silence);
    let to = ["--to", "s3://bucket/pre", "--endpoint-url", &bucket.url];
    for mut command in TestedCommand::both("none", &to) {
        let before = bucket.puts();
        command.ends_after_two_signals(|_| bucket.puts() > before);
    }
}

/// Opening a pipe for writing waits for a reader. One signal ends this wait.
#[test]
fn a_pipe_without_a_reader_is_not_waited_for() {
    for option in ["--log", "--positions", "--rest"] {
        for mut command in TestedCommand::both("none", &[]) {
            if matches!((command.name, option), ("run", "--rest") | ("replay", "--positions")) {
                continue;
            }
            let pipe = command.folder.path().join("pipe");
            assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            command.command.arg(option).arg(&pipe);
            if option == "--rest" {
                command.command.arg("--force");
            }
            let mut child = command.command.spawn().unwrap();
            wait_until("the handler of signals", || catches_interrupts(&child));
            // The command reaches the pipe soon after.
            thread::sleep(Duration::from_millis(300));
            send(Signal::INT, &child);
            assert_ends(&mut child, command.name);
        }
    }
}

/// Returns `true` once the process has a handler of SIGINT, which is signal 2.
fn catches_interrupts(child: &Child) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:\t")).unwrap();
    u64::from_str_radix(caught, 16).unwrap() & (1 << 1) != 0
}
