//! Signals before the first line is read, and a second signal in the middle of a replay.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    delivery::{interrupt_twice, send, wait_until},
    firehose_local::{assert_gone, command, endless_cargo, faulty, run_with, square_values},
    replay::{Folder, numbers},
};

const NUMBERS: &str = "fixtures/error-lines/numbers.jsonl";

/// A running replay with the function `faulty`, which writes its events to a folder, or with a
/// package.
struct Replay {
    folder: TempDir,
    child: Child,
}

impl Replay {
    fn start(fault: &str, variable: (&str, &str), arguments: &[&str], folder: TempDir) -> Self {
        let mut command = command(&[&["replay"], arguments].concat());
        command.env("FAULT", fault).env("FAULT_FOLDER", folder.path()).env(variable.0, variable.1);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Self { folder, child }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits for a line in this file, and returns the line.
    fn wait_for(&self, name: &str) -> String {
        let read = || fs::read_to_string(self.path(name)).unwrap_or_default();
        wait_until(name, || !read().is_empty());
        read()
    }

    /// Returns the exit code and the standard output.
    fn end(&mut self) -> (Option<i32>, String) {
        let mut text = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        (self.child.wait().unwrap().code(), text)
    }

    /// Checks that one signal ends the replay at once, with nothing replayed.
    #[track_caller]
    fn ends_at_once(mut self, process: &str) {
        let start = Instant::now();
        send(Signal::INT, &self.child);
        wait_until("the end", || {
            start.elapsed() > Duration::from_secs(5) || self.child.try_wait().unwrap().is_some()
        });
        let is_over = self.child.try_wait().unwrap().is_some();
        if !is_over {
            self.child.kill().unwrap();
        }
        assert!(is_over, "the replay goes on after a signal");
        let (code, text) = self.end();
        let summary: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((code, &summary["exitCode"]), (Some(130), &130.into()));
        let mut messages = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut messages).unwrap();
        assert!(messages.contains("interrupted: replaying the lines that were read"), "{messages}");
        assert_eq!((&summary["lines"], &summary["readToEnd"]), (&0.into(), &false.into()));
        assert_gone(process.trim().parse().unwrap());
    }
}

#[test]
fn a_signal_ends_a_function_that_is_starting() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--json", "--binary", &faulty(), NUMBERS];
    let replay = Replay::start("hang at start", ("NONE", ""), &arguments, folder);
    let process = replay.wait_for("start-1");
    replay.ends_at_once(&process);
}

#[test]
fn a_signal_ends_a_build() {
    let folder = tempfile::tempdir().unwrap();
    let cargo = endless_cargo(folder.path(), &folder.path().join("id"));
    let variable = ("CARGO", cargo.as_str());
    let arguments = ["--json", "--package", "square-values", NUMBERS];
    let replay = Replay::start("none", variable, &arguments, folder);
    let process = replay.wait_for("id");
    replay.ends_at_once(&process);
}

/// Four of the five lines hold no record. The format `error-lines` writes them to the file of
/// remaining records, and the format `event` leaves them out. The function hangs on the record of
/// the fifth line.
#[test]
fn an_incomplete_file_is_removed_and_an_earlier_file_stays() {
    for (before, format) in
        [(None, "error-lines"), (Some("precious"), "error-lines"), (None, "event")]
    {
        let folder = tempfile::tempdir().unwrap();
        let [lines, rest] = ["lines", "rest"].map(|name| folder.path().join(name));
        let record = "{\"rawData\":\"YQ==\",\"errorCode\":\"Lambda.FunctionError\"}\n";
        fs::write(&lines, "oops\n".repeat(4) + record).unwrap();
        if let Some(before) = before {
            fs::write(&rest, before).unwrap();
        }
        let paths = [&rest, &lines].map(|path| path.to_str().unwrap());
        let faulty = faulty();
        let mut arguments = vec!["--binary", &faulty, "--rest-as", format, "--rest"];
        arguments.extend(paths);
        arguments.extend(before.map(|_| "--force"));
        let mut replay = Replay::start("hang", ("NONE", ""), &arguments, folder);
        replay.wait_for("event-1");
        interrupt_twice(&replay.child);
        let (code, text) = replay.end();
        assert_eq!(code, Some(130));
        let message = "rest: NOT WRITTEN; an earlier file of this name is unchanged";
        assert!(text.contains(message) && !text.contains(" remaining"), "{text}");
        assert!(text.contains("  interrupted by a signal\n"), "{text}");
        assert_eq!(fs::read_to_string(&rest).ok().as_deref(), before);
        let names = fs::read_dir(replay.folder.path()).unwrap();
        let names: Vec<_> = names.map(|it| it.unwrap().file_name()).collect();
        assert!(names.iter().all(|name| !name.to_string_lossy().contains('#')), "{names:?}");
    }
}

/// The signal comes while lines wait for a full batch, and the input does not end.
#[test]
fn lines_that_were_read_before_an_interrupt_are_replayed() {
    let folder = Folder::new();
    let to = folder.path("to");
    let arguments =
        ["replay", "--binary", square_values(), "--log", "-", "--to", &to, "--json", "-"];
    let mut command: Command = command(&arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let line = numbers().lines().next().unwrap().to_owned() + "\n";
    // A batch has 1 MB of data, and each line 13 bytes.
    let lines = 100_000;
    stdin.write_all(line.repeat(lines).as_bytes()).unwrap();
    stdin.flush().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(stderr.any(|line| line.unwrap().contains("event answered")));
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let mut stdout = String::new();
    let mut from = child.stdout.take().unwrap();
    thread::spawn(move || stderr.for_each(drop));
    from.read_to_string(&mut stdout).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(stdin);
    let summary: Value = serde_json::from_str(&stdout).unwrap();
    let read = summary["lines"].as_u64().unwrap();
    assert!(read > 80_000 && summary["readToEnd"] == false, "{summary:#}");
    assert_eq!(summary["recovered"], read);
    assert_eq!(summary["lastRead"]["line"], read);
    let written =
        || -> u64 { folder.files("to").iter().map(|it| it.metadata().unwrap().len()).sum() };
    let output = r#"{"a":1,"b":4}"#.len() as u64;
    assert_eq!(written(), read * output);

    // The rest of the same input follows.
    let after = format!("standard input:{read}");
    let arguments = ["replay", "--binary", square_values(), "--to", &to, "--after", &after, "-"];
    run_with(crate::firehose_local::command(&arguments), &line.repeat(lines)).ends(0, "");
    assert_eq!(written(), lines as u64 * output);
}

#[test]
fn a_second_interrupt_ends_everything_and_batches_in_flight_are_not_replayed() {
    let faults = tempfile::tempdir().unwrap();
    let arguments = ["replay", "--binary", &faulty(), "--timeout", "300", "--json", NUMBERS];
    let mut command = command(&arguments);
    command.env("FAULT", "hang").env("FAULT_FOLDER", faults.path()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // All lines are in one batch.
    wait_until("an event", || faults.path().join("event-1").exists());
    interrupt_twice(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    let summary: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&summary["notReplayed"], &summary["stillFailing"]), (&summary["lines"], &0.into()));
}
