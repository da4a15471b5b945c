//! Each fault of a function has the same effect as in Firehose, and loses no record.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::delivery::{Delivered, Delivery, numbered};

/// Runs five records with a timeout of one second and one retry.
#[track_caller]
fn run(fault: &str) -> (Delivery, Delivered) {
    let mut delivery = Delivery::new(fault, &["--timeout", "1", "--retries", "1"]);
    let delivered = delivery.run(&numbered(5));
    (delivery, delivered)
}

/// Asserts that all five records fail after two invocations with different ids and equal records.
#[track_caller]
fn fails_twice(fault: &str) -> (Delivery, Delivered) {
    let (delivery, delivered) = run(fault);
    delivered.ends(3, 0, &[("Lambda.FunctionError", 5)]);
    delivered.assert_attempts(2);
    let counts = ["invocations", "functionErrors"].map(|name| delivered.number(name));
    assert_eq!(counts, [2, 2]);
    assert_retried(&delivery.events());
    (delivery, delivered)
}

#[track_caller]
fn assert_retried(events: &[Value]) {
    let mut ids: Vec<_> = events.iter().map(|event| event["invocationId"].to_string()).collect();
    assert!(events.iter().all(|event| event["records"] == events[0]["records"]));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), events.len(), "two invocations share an id");
}

#[test]
fn a_function_without_a_fault_delivers_all_records() {
    for fault in ["none", "extra fields", "other order"] {
        let (_, delivered) = run(fault);
        delivered.ends(0, 5, &[]);
        assert_eq!(delivered.number("functionErrors"), 0);
    }
}

#[test]
fn an_error_fails_the_batch_after_a_retry() {
    let (_, delivered) = fails_twice("error");
    let message = "attempt 2 of 2: the function failed: Faulty: told to fail";
    assert!(delivered.run.stderr.contains(message), "{delivered:#?}");
}

#[test]
fn each_failed_record_is_in_causes_or_in_other_causes() {
    let run = |cause: &dyn Fn(u32) -> String| {
        let input: String = (0..300).map(|number| cause(number) + "\n").collect();
        let delivered = Delivery::new("causes in data", &[]).run(input.as_bytes());
        delivered.ends(0, 0, &[("Lambda.ProcessingFailedStatus", 300)]);
        let stream = delivered.stream("demo");
        let causes = stream["causes"].as_array().unwrap();
        let records = causes.iter().map(|cause| cause["records"].as_u64().unwrap()).sum::<u64>();
        (causes.len(), records, stream["otherCauses"].clone())
    };
    let id = |number: u32| format!("order {}: no unit", Uuid::from_u128(number.into()));
    assert_eq!(run(&id), (1, 300, json!(0)));
    // Causes without numbers, of 150 kinds.
    let other = |number: u32| format!("no unit {}", "x".repeat(number as usize % 150));
    assert_eq!(run(&other), (100, 200, json!(100)));
}

#[test]
fn failures_of_an_invocation_without_an_answer_are_no_causes() {
    for fault in ["log failures, error", "log failures, exit"] {
        let mut delivery = Delivery::new(fault, &["--retries", "1"]).at(1, 1);
        let delivered = delivery.run(&numbered(5));
        delivered.ends(0, 5, &[]);
        assert_eq!(delivered.number("functionErrors"), 1);
        assert_eq!(delivered.stream("demo")["causes"], json!([]), "{fault}");
    }
}

#[test]
fn an_exit_fails_the_batch_after_a_retry() {
    fails_twice("exit");
}

#[test]
fn a_truncated_response_fails_the_batch_after_a_retry() {
    fails_twice("break off");
}

#[test]
fn a_timeout_fails_the_batch_after_a_retry() {
    fails_twice("hang");
}

#[test]
fn a_large_response_fails_the_batch_after_a_retry() {
    fails_twice("too large");
}

#[test]
fn a_late_response_is_ignored() {
    let (delivery, delivered) = fails_twice("late");
    assert!(delivered.run.stderr.contains("did not answer within 1 s"), "{delivered:#?}");
    assert!(delivery.kept("late-answer").is_empty(), "the run waited for a late response");
}

#[test]
fn a_new_process_replaces_one_that_timed_out() {
    let mut delivery = Delivery::new("late", &["--timeout", "1", "--retries", "1"]).at(1, 1);
    let delivered = delivery.run(&numbered(5));
    delivered.ends(0, 5, &[]);
    assert_eq!(delivery.kept("start").len(), 2);
    assert_retried(&delivery.events());
}

#[test]
fn a_successful_retry_delivers_the_records() {
    for fault in ["error", "exit", "error and exit", "too large"] {
        let mut delivery = Delivery::new(fault, &["--retries", "3"]).at(1, 2);
        let delivered = delivery.run(&numbered(5));
        delivered.ends(0, 5, &[]);
        let counts = ["invocations", "functionErrors"].map(|name| delivered.number(name));
        assert_eq!(counts, [3, 2], "{fault}");
        assert_retried(&delivery.events());
    }
}

/// As in Lambda, the next invocation gets a new process and has no error.
#[test]
fn an_exit_between_two_invocations_costs_no_attempt() {
    let arguments = ["--retries", "0", "--lambda-buffer-interval", "0", "--concurrency", "1"];
    let mut delivery = Delivery::new("answer and exit", &arguments);
    let delivered = delivery.run(&numbered(20));
    delivered.ends(0, 20, &[]);
    assert_eq!((delivered.number("invocations"), delivered.number("functionErrors")), (20, 0));
}

#[test]
fn without_retries_there_is_one_attempt() {
    let mut delivery = Delivery::new("error", &["--retries", "0"]);
    let delivered = delivery.run(&numbered(5));
    delivered.ends(3, 0, &[("Lambda.FunctionError", 5)]);
    delivered.assert_attempts(1);
}

/// Asserts that a response fails its records without a retry.
#[track_caller]
fn fails_without_retry(fault: &str, delivered: u64, code: &str, failed: u64) -> Delivered {
    let (_, ended) = run(fault);
    ended.ends(1, delivered, &[(code, failed)]);
    ended.assert_attempts(1);
    assert_eq!((ended.number("invocations"), ended.number("functionErrors")), (1, 0));
    ended
}

#[test]
fn an_invalid_response_fails_the_batch_without_retry() {
    fails_without_retry("garbage", 0, "Lambda.JsonProcessingException", 5);
}

#[test]
fn an_invalid_result_fails_the_batch_without_retry() {
    let ended = fails_without_retry("wrong result", 0, "Lambda.FunctionError", 5);
    // The report has only the code, so a message names the record and the reason.
    assert!(ended.run.stderr.contains(r#"result is "OK"; it must be"#), "{ended:#?}");
    fails_without_retry("bad base64", 0, "Lambda.FunctionError", 5);
}

#[test]
fn a_missing_record_id_fails_only_its_record() {
    let delivered = fails_without_retry("omits an id", 4, "Lambda.MissingRecordId", 1);
    assert_eq!(delivered.errors()[0].1.raw_data, "record 5");
    fails_without_retry("no records", 0, "Lambda.MissingRecordId", 5);
}

#[test]
fn a_duplicate_record_id_fails_only_its_record() {
    let delivered = fails_without_retry("repeats an id", 4, "Lambda.DuplicatedRecordId", 1);
    assert_eq!(delivered.errors()[0].1.raw_data, "record 1");
}

#[test]
fn missing_data_fails_only_its_record() {
    let delivered = fails_without_retry("no data", 4, "Lambda.InvalidReturnFormat", 1);
    assert_eq!(delivered.errors()[0].1.raw_data, "record 1");
}

#[test]
fn an_unknown_record_id_is_ignored_and_counted() {
    let (_, delivered) = run("invents an id");
    delivered.ends(1, 5, &[]);
    assert_eq!(delivered.number("ignoredAnswers"), 1);
}

#[test]
fn invalid_metadata_is_counted_and_its_record_delivered() {
    let arguments = ["--binary", &crate::firehose_local::example("faulty")];
    for is_json in [true, false] {
        let to = tempfile::tempdir().unwrap();
        let to = to.path().to_str().unwrap();
        let mut command = crate::firehose_local::command(
            &[&["run", "--delivery-stream", "demo", "--to", to], &arguments[..]].concat(),
        );
        command.env("FAULT", "invalid metadata").args(is_json.then_some("--json"));
        let run = crate::firehose_local::run_with(command, "a\nb\n");
        assert_eq!(run.code, 1, "{run:#?}");
        if !is_json {
            assert!(run.stdout.contains("2 records in = 2 delivered"), "{run:#?}");
            assert!(run.stdout.contains("1 answer with invalid metadata"), "{run:#?}");
        }
    }
}

#[test]
fn a_dropped_or_failed_record_is_not_a_function_error() {
    let mut delivery = Delivery::new("by data", &[]);
    let delivered = delivery.run(b"keep 1\ndrop 2\nfail 3\nkeep 4\ndrop 5\n");
    delivered.ends(0, 2, &[("Lambda.ProcessingFailedStatus", 1)]);
    delivered.assert_attempts(1);
    assert_eq!(delivered.number("dropped"), 2);
    assert_eq!(
        delivered.errors()[0].1.raw_data,
        "fail 3",
        "the data is not that of the source record"
    );
}

#[test]
fn a_function_that_does_not_start_fails_each_batch() {
    for (fault, message) in [
        ("exit at start", "the function ended before it asked for an event (exit status: 7)"),
        ("init error", "the function could not initialize: Faulty: told to fail"),
    ] {
        let (_, delivered) = run(fault);
        delivered.ends(3, 0, &[("Lambda.FunctionError", 5)]);
        delivered.assert_attempts(2);
        assert!(delivered.run.stderr.contains(message), "{delivered:#?}");
    }
}

#[test]
fn a_function_that_fails_only_at_its_first_start_is_not_a_fault() {
    let mut delivery = Delivery::new("exit at start", &["--retries", "0"]).at(1, 1);
    delivery.run(&numbered(5)).ends(0, 5, &[]);
}

/// Later starts have Lambda's limit of ten seconds, regardless of the function's timeout.
#[test]
fn a_function_that_hangs_at_its_second_start_fails_the_batch() {
    let (_, delivered) = run("exit, then hang at start");
    delivered.ends(3, 0, &[("Lambda.FunctionError", 5)]);
    delivered.assert_attempts(2);
    assert!(
        delivered.run.stderr.contains("did not ask for an event within 10 s"),
        "{delivered:#?}"
    );
}

#[test]
fn a_missing_executable_is_found_before_reading() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    fs::write(&script, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o644)).unwrap();
    for (binary, message) in [
        ("no/such/bootstrap", "No such file or directory"),
        (script.to_str().unwrap(), "is it executable? (chmod +x)"),
    ] {
        let arguments = ["--delivery-stream", "demo", "--binary", binary, "--prefix", "good/"];
        let mut delivery = Delivery::of("none", &arguments);
        // The input remains open, and the run does not wait for its end.
        let mut running = delivery.start();
        let stdin = running.stdin.take();
        let delivered = delivery.end(running);
        drop(stdin);
        delivered.run.ends(4, message);
        delivered.assert_not_begun();
    }
}

/// Some of many concurrent invocations have faults.
#[test]
fn faults_in_concurrent_invocations_lose_no_record() {
    let arguments = ["--retries", "2", "--lambda-buffer-interval", "0", "--kinesis-stream", "s"];
    let mut delivery = Delivery::new("exit", &arguments).at(5, 30);
    let delivered = delivery.run(&numbered(60));
    assert!([0, 3].contains(&delivered.run.code), "{delivered:#?}");
    assert_eq!(delivered.number("notDelivered"), 0);
    assert_eq!(delivered.number("functionErrors"), 26);
    delivered.assert_attempts(3);
}

#[test]
fn an_unreachable_function_url_is_an_error() {
    // A port without a listener.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/2015-03-31/functions/f/invocations");
    let store = tempfile::tempdir().unwrap();
    let to = store.path().to_str().unwrap();
    let arguments = ["run", "--delivery-stream", "demo", "--url", &url, "--to", to, "-"];
    crate::firehose_local::run(&arguments).ends(4, "cannot reach http://127.0.0.1:");
    assert_eq!(fs::read_dir(to).unwrap().count(), 0);
}
