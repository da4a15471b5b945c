//! A signal ends the reading, and what was read is delivered; a second one ends everything.

use std::{
    fs::{self, File},
    io::{BufReader, Read, Write},
    process::{ChildStdin, Command, Stdio},
    time::Instant,
};

use rustix::process::Signal;

use crate::{
    delivery::{Delivered, Delivery, HANGS, interrupt_twice, numbered, send, wait_until},
    firehose_local::{assert_gone, command, endless_cargo},
};

/// Starts it with this input, which stays open, until the function has got so many events.
fn started(
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
fn delivers_what_was_read(signal: Signal) {
    // Objects wait for longer than anybody does.
    let arguments = ["--lambda-buffer-interval", "0", "--buffer-interval", "900"];
    let mut delivery = Delivery::new("none", &arguments);
    let (running, stdin) = started(&mut delivery, &numbered(20), 20);
    send(signal, &running);
    let delivered = delivery.end(running);
    drop(stdin);
    delivered.ends(130, 20, &[]);
    delivered.assert_accounted(&numbered(20));
}

#[test]
fn ctrl_c_delivers_what_was_read() {
    delivers_what_was_read(Signal::INT);
}

#[test]
fn so_does_a_request_to_terminate() {
    delivers_what_was_read(Signal::TERM);
}

#[test]
fn what_waits_for_an_invocation_is_delivered_too() {
    let arguments = ["--lambda-buffer-interval", "900", "--lambda-buffer-size", "0.2"];
    let shards = ["--kinesis-stream", "s", "--shards", "2"];
    let mut delivery = Delivery::new("none", &[arguments, shards].concat());
    // The last record fills the batch of its shard. When that is invoked, all of the other shard,
    // which comes before it, was read and waits.
    let input = [numbered(20), vec![b'x'; 300_000], b"\n".to_vec()].concat();
    let (running, stdin) = started(&mut delivery, &input, 1);
    send(Signal::INT, &running);
    let delivered = delivery.end(running);
    drop(stdin);
    delivered.ends(130, 21, &[]);
    delivered.assert_accounted(&input);
    assert_eq!(delivered.number("invocations"), 2);
}

#[test]
fn what_fails_after_the_signal_is_among_the_failed() {
    let mut delivery = Delivery::new(
        "late",
        &["--timeout", "1", "--retries", "1", "--lambda-buffer-interval", "0"],
    );
    let (running, stdin) = started(&mut delivery, &numbered(1), 1);
    send(Signal::INT, &running);
    let delivered = delivery.end(running);
    drop(stdin);
    delivered.ends(130, 0, &[("Lambda.FunctionError", 1)]);
    delivered.assert_attempts(2);
}

#[test]
fn a_second_signal_ends_everything_at_once() {
    let arguments =
        ["--lambda-buffer-interval", "0", "--timeout", "300", "--buffer-interval", "900"];
    for _ in 0..3 {
        // One invocation hangs, the processes of the others are idle.
        let mut delivery = Delivery::new("hang", &arguments).at(2, 2);
        let (running, stdin) = started(&mut delivery, &numbered(4), 4);
        let start = Instant::now();
        interrupt_twice(&running);
        let delivered = delivery.end(running);
        drop(stdin);
        assert!(start.elapsed() < HANGS, "{:?}", start.elapsed());
        assert_eq!(delivered.run.code, 130);
        let of_account = ["records", "delivered", "notDelivered"].map(|it| delivered.number(it));
        assert_eq!(of_account, [4, 0, 4], "{delivered:#?}");
        assert!(delivered.objects.is_empty());
    }
}

#[track_caller]
fn ends_before_anything_is_read(delivered: &Delivered, since: Instant) {
    assert!(since.elapsed() < HANGS, "{:?}", since.elapsed());
    assert_eq!(delivered.run.code, 130, "{delivered:#?}");
    assert_eq!(delivered.summary["deliveryStreams"].as_array().map(Vec::len), Some(0));
}

#[test]
fn nobody_waits_for_a_function_to_warm_up() {
    let mut delivery = Delivery::new("hang at start", &[]);
    let mut running = delivery.start();
    let stdin = running.stdin.take();
    wait_until("a start", || delivery.kept("start").iter().any(|id| !id.is_empty()));
    let start = Instant::now();
    send(Signal::INT, &running);
    ends_before_anything_is_read(&delivery.end(running), start);
    drop(stdin);
}

#[test]
fn nobody_waits_for_cargo_to_build() {
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
    ends_before_anything_is_read(&delivery.end(running), start);
    drop(stdin);
    assert_gone(read().trim().parse().unwrap());
}

/// The work is done, and nobody takes the summary.
#[test]
fn a_signal_ends_also_what_waits_to_write() {
    let mut delivery =
        Delivery::of("none", &["--delivery-stream", "demo", "--buffer-interval", "0"]);
    let mut running = delivery.start();
    running.stdin.take().unwrap().write_all(&numbered(1000)).unwrap();
    let mut stdout = BufReader::new(running.stdout.take().unwrap());
    // With the first byte it is writing; nobody takes the rest.
    stdout.read_exact(&mut [0]).unwrap();
    send(Signal::TERM, &running);
    wait_until("the end", || running.try_wait().unwrap().is_some());
    assert_eq!(running.wait().unwrap().code(), Some(130));
}

#[test]
fn a_template_that_never_comes_holds_up_no_signal() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("template.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut run = command(&["run", "--template", pipe.to_str().unwrap(), "-"]);
    let mut running =
        run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Whoever opens the other end waits until it is being read.
    let _writer = File::options().write(true).open(&pipe).unwrap();
    send(Signal::INT, &running);
    assert_eq!(running.wait().unwrap().code(), Some(130));
}
