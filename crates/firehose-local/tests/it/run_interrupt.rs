//! The first signal ends the reading, and `run` delivers the records that it has read. The second
//! signal ends the run at once.

use std::{
    fs::{self, File},
    io::{BufReader, Read, Write},
    process::{ChildStdin, Command, Stdio},
    time::Instant,
};

use rustix::process::Signal;

use crate::{
    delivery::{Delivered, Delivery, MAX_WAIT, interrupt_twice, numbered, send, wait_until},
    firehose_local::{assert_gone, command, endless_cargo},
};

/// Starts a run with this input, and waits until the function has received `events` events. The
/// input remains open.
fn start(
    delivery: &mut Delivery,
    input: &[u8],
    events: usize,
) -> (std::process::Child, ChildStdin) {
    let mut running = delivery.start();
    let mut stdin = running.stdin.take().unwrap();
    stdin.write_all(input).unwrap();
    wait_until("an event", || delivery.kept("event").len() == events);
    (running, stdin)
}

#[track_caller]
fn assert_delivers_read_records(signal: Signal) {
    // The buffer interval exceeds the duration of the test.
    let arguments = ["--lambda-buffer-interval", "0", "--buffer-interval", "900"];
    let mut delivery = Delivery::new("none", &arguments);
    let (running, stdin) = start(&mut delivery, &numbered(20), 20);
    send(signal, &running);
    let delivered = delivery.end(running);
    drop(stdin);
    delivered.ends(130, 20, &[]);
    delivered.assert_accounted(&numbered(20));
}

#[test]
fn an_interrupt_delivers_the_read_records() {
    assert_delivers_read_records(Signal::INT);
}

#[test]
fn a_termination_delivers_the_read_records() {
    assert_delivers_read_records(Signal::TERM);
}

#[test]
fn records_that_wait_for_an_invocation_are_delivered() {
    let arguments = ["--lambda-buffer-interval", "900", "--lambda-buffer-size", "0.2"];
    let shards = ["--kinesis-stream", "s", "--shards", "2"];
    let mut delivery = Delivery::new("none", &[arguments, shards].concat());
    // The last record fills the batch of its shard. At that invocation, all records of the other
    // shard have been read and wait.
    let input = [numbered(20), vec![b'x'; 300_000], b"\n".to_vec()].concat();
    let (running, stdin) = start(&mut delivery, &input, 1);
    send(Signal::INT, &running);
    let delivered = delivery.end(running);
    drop(stdin);
    delivered.ends(130, 21, &[]);
    delivered.assert_accounted(&input);
    assert_eq!(delivered.number("invocations"), 2);
}

#[test]
fn a_record_that_fails_after_the_signal_is_counted_as_failed() {
    let mut delivery = Delivery::new(
        "late",
        &["--timeout", "1", "--retries", "1", "--lambda-buffer-interval", "0"],
    );
    let (running, stdin) = start(&mut delivery, &numbered(1), 1);
    send(Signal::INT, &running);
    let delivered = delivery.end(running);
    drop(stdin);
    delivered.ends(130, 0, &[("Lambda.FunctionError", 1)]);
    delivered.assert_attempts(2);
}

#[test]
fn a_second_signal_ends_the_run_at_once() {
    let arguments =
        ["--lambda-buffer-interval", "0", "--timeout", "300", "--buffer-interval", "900"];
    for _ in 0..3 {
        // One invocation hangs. The processes of the other invocations are idle.
        let mut delivery = Delivery::new("hang", &arguments).at(2, 2);
        let (running, stdin) = start(&mut delivery, &numbered(4), 4);
        let start = Instant::now();
        interrupt_twice(&running);
        let delivered = delivery.end(running);
        drop(stdin);
        assert!(start.elapsed() < MAX_WAIT, "{:?}", start.elapsed());
        assert_eq!(delivered.run.code, 130);
        let counts = ["records", "delivered", "notDelivered"].map(|it| delivered.number(it));
        assert_eq!(counts, [4, 0, 4], "{delivered:#?}");
        let positions = &delivered.summary["deliveryStreams"][0]["notDeliveredPositions"];
        assert_eq!(positions, &serde_json::json!([[1, 4]]));
        assert!(delivered.objects.is_empty());
    }
}

#[track_caller]
fn assert_ends_before_reading(delivered: &Delivered, since: Instant) {
    assert!(since.elapsed() < MAX_WAIT, "{:?}", since.elapsed());
    assert_eq!(delivered.run.code, 130, "{delivered:#?}");
    assert_eq!(delivered.summary["deliveryStreams"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_signal_ends_the_start_of_a_function() {
    let mut delivery = Delivery::new("hang at start", &[]);
    let mut running = delivery.start();
    let stdin = running.stdin.take();
    wait_until("a start", || delivery.kept("start").iter().any(|id| !id.is_empty()));
    let start = Instant::now();
    send(Signal::INT, &running);
    assert_ends_before_reading(&delivery.end(running), start);
    drop(stdin);
}

#[test]
fn a_signal_ends_the_build() {
    let folder = tempfile::tempdir().unwrap();
    let id = folder.path().join("id");
    let cargo = endless_cargo(folder.path(), &id);
    let arguments = ["--delivery-stream", "demo", "--package", "square-values"];
    let mut delivery = Delivery::of("none", &arguments).env("CARGO", &cargo);
    let mut running = delivery.start();
    let stdin = running.stdin.take();
    let read = || fs::read_to_string(&id).unwrap_or_default();
    wait_until("cargo", || read().ends_with('\n'));
    let start = Instant::now();
    send(Signal::INT, &running);
    assert_ends_before_reading(&delivery.end(running), start);
    drop(stdin);
    assert_gone(read().trim().parse().unwrap());
}

/// The run has delivered all records, and nothing reads its summary.
#[test]
fn a_signal_ends_the_output_of_the_summary() {
    let mut delivery =
        Delivery::of("none", &["--delivery-stream", "demo", "--buffer-interval", "0"]);
    let mut running = delivery.start();
    running.stdin.take().unwrap().write_all(&numbered(1000)).unwrap();
    let mut stdout = BufReader::new(running.stdout.take().unwrap());
    // The run is writing after the first byte. Nothing reads the rest.
    stdout.read_exact(&mut [0]).unwrap();
    send(Signal::TERM, &running);
    wait_until("the end", || running.try_wait().unwrap().is_some());
    assert_eq!(running.wait().unwrap().code(), Some(130));
}

#[test]
fn a_signal_ends_the_reading_of_a_template() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("template.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut run = command(&["run", "--template", pipe.to_str().unwrap(), "-"]);
    let mut running =
        run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // This call returns when the run opens the pipe.
    let _writer = File::options().write(true).open(&pipe).unwrap();
    send(Signal::INT, &running);
    assert_eq!(running.wait().unwrap().code(), Some(130));
}
