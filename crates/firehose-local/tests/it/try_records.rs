//! The command `try`.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::firehose_local::{Run, command, run, run_with};

/// Returns a folder with a pipeline file.
fn pipeline(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pipeline.yaml"), text).unwrap();
    folder
}

/// Runs `try` on standard input.
fn try_records(pipeline_text: &str, arguments: &[&str], input: &str) -> Run {
    let folder = pipeline(pipeline_text);
    let mut command = command(&["try", "--pipeline", "pipeline.yaml"]);
    command.args(arguments).current_dir(folder.path());
    run_with(command, input)
}

#[test]
fn each_record_is_shown_before_and_after() {
    let input = "{\"a\": 1}\nx\u{1b}[2J\n\n{\"a\":\n";
    let run = try_records("{input: json_lines, on_error: fail}", &[], input);
    run.ends(6, "");
    insta::assert_snapshot!(run.stdout, @r#"
    record 1
      before  {"a": 1}
      after   {"a": 1}
    record 2
      before  x\u{1b}[2J
      failed  expected a value at line 1 column 1
    record 3
      before  (empty)
      dropped
    record 4
      before  {"a":
      failed  expected a value at line 1 column 6

    4 records in = 1 transformed + 1 dropped + 2 failed
    "#);
}

#[test]
fn log_lines_are_packed_as_a_subscription_packs_them() {
    let text = "{input: {format: cloudwatch_logs, messages: only}, output: text}";
    let run = try_records(text, &["--cloudwatch-logs"], "one\n{\"a\":1}\n");
    run.ends(0, "");
    // The size in gzip depends on the library.
    let shown: Vec<_> = run.stdout.lines().filter(|line| !line.contains(" bytes, ")).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    record 1
              one
              {"a":1}
      after   one
              {"a":1}

    1 record in = 1 transformed + 0 dropped + 0 failed
    "#);
}

#[test]
fn an_input_in_another_format_has_a_hint() {
    let event = "{\n  \"records\": []\n}\n";
    try_records("input: json", &[], event).ends(6, "--format events reads the records of events");
    let logs = try_records("input: cloudwatch_logs", &[], "one\ntwo\n");
    logs.ends(6, "--cloudwatch-logs packs the lines");
    let packed = try_records("input: json", &["--cloudwatch-logs"], "one\n");
    packed.ends(6, "use --pipeline with a file that has `input: cloudwatch_logs`");
    let json = try_records("input: cloudwatch_logs", &["--json"], "one\n");
    assert_eq!((json.code, json.stderr.as_str()), (6, ""));
}

#[test]
fn a_pipeline_file_in_place_of_the_filter_has_a_hint() {
    let hint = "did you mean --pipeline pipeline.yaml?";
    run(&["try", "pipeline.yaml", "app.log"]).ends(2, hint);
    let other = run(&["try", "pipeline", "app.log"]);
    assert!(!other.stderr.contains("--pipeline"), "{}", other.stderr);
}

#[test]
fn failed_items_are_shown_with_their_record() {
    let event =
        r#"{"records":[{"recordId":"r","data":"MQp4CjI=","approximateArrivalTimestamp":0}]}"#;
    let text = "{input: json_lines, on_error: drop_item}";
    let run = try_records(text, &["--format", "events", "-"], event);
    run.ends(0, "");
    insta::assert_snapshot!(run.stdout, @r"
    record 1
      before  1
              x
              2
      after   1
              2
      item 2  failed: expected a value at line 1 column 1

    1 record in = 1 transformed + 0 dropped + 0 failed; 1 item failed
    ");
}

#[test]
fn json_has_all_records_in_one_object() {
    let run = try_records("input: json", &["--json"], "{\"a\": 1}\nx\n");
    assert_eq!(run.code, 6, "{run:#?}");
    let printed: Value = serde_json::from_str(&run.stdout).unwrap();
    let expected = json!({
        "records": [
            {"record": 1, "before": "{\"a\": 1}", "outcome": "ok", "after": "{\"a\": 1}\n"},
            {"record": 2, "before": "x", "outcome": "failed",
                "cause": "expected a value at line 1 column 1"},
        ],
        "ok": 1, "dropped": 0, "failed": 1, "failedItems": 0, "functionErrors": 0, "refused": 0,
        "error": null, "exitCode": 6,
    });
    assert_eq!(printed, expected);
    let none = try_records("input: json", &["--json"], "");
    let printed: Value = serde_json::from_str(&none.stdout).unwrap();
    assert_eq!((&printed["records"], &printed["exitCode"]), (&json!([]), &0.into()));
}

#[test]
fn a_record_that_cannot_be_put_is_bad_usage() {
    let long = "x".repeat(1_100_000);
    let run = try_records("{input: text, output: text}", &[], &format!("{long}\nshort\n"));
    run.ends(2, "");
    let message = "record 1\n  refused record 1 of the input is refused: its 1100000 bytes exceed";
    assert!(run.stdout.starts_with(message), "{}", run.stdout);
    assert!(run.stdout.ends_with("1 transformed + 0 dropped + 0 failed; 1 record refused\n"));
    let missing = try_records("input: json", &["missing.jsonl"], "");
    missing.ends(2, "cannot read missing.jsonl");
}

#[test]
fn a_pipeline_makes_every_argument_an_input() {
    let folder = pipeline("input: json");
    for (name, content) in [("one", "1\n"), ("two", "2\n")] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let mut command = command(&["try", "--pipeline", "pipeline.yaml", "one", "two"]);
    command.current_dir(folder.path());
    let run = run_with(command, "");
    run.ends(0, "");
    assert!(run.stdout.ends_with("2 records in = 2 transformed + 0 dropped + 0 failed\n"));
}

#[test]
fn missing_arguments_and_a_watch_of_standard_input_are_rejected() {
    run(&["try"]).ends(2, "required arguments were not provided");
    let run = try_records("input: json", &["--watch"], "");
    run.ends(2, "--watch needs files: standard input can be read only once");
}

#[test]
fn an_invalid_filter_is_bad_usage() {
    run(&["try", "{", "fixtures/delivery/numbers.jsonl"]).ends(2, "the filter is not valid: ");
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_command() {
    let folder = pipeline("input: json");
    let script = format!(
        "yes '{{}}' | {} try --pipeline pipeline.yaml | head -n 3",
        env!("CARGO_BIN_EXE_firehose-local")
    );
    let output = Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output();
    let stdout = String::from_utf8(output.unwrap().stdout).unwrap();
    assert_eq!(stdout, "record 1\n  before  {}\n  after   {}\n");
}

#[test]
fn a_change_of_the_pipeline_or_of_the_input_runs_the_records_again() {
    let folder = pipeline("input: json");
    let [file, input] = ["pipeline.yaml", "input.jsonl"].map(|name| folder.path().join(name));
    fs::write(&input, "x\n").unwrap();
    let mut command = command(&["try", "--watch", "--pipeline", "pipeline.yaml", "input.jsonl"]);
    command.current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut stderr = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut summary = || stdout.by_ref().map(Result::unwrap).find(|it| it.contains(" in = "));
    let mut waits = |message: &str| {
        let mut lines = stderr.by_ref().map(Result::unwrap);
        assert!(lines.any(|it| it.contains(message)), "no {message:?}");
    };
    assert_eq!(summary().unwrap(), "1 record in = 0 transformed + 0 dropped + 1 failed");
    waits("waiting for a change");
    // Editors replace the file.
    let new = folder.path().join("new");
    fs::write(&new, "{input: text, output: text}").unwrap();
    fs::rename(&new, &file).unwrap();
    assert_eq!(summary().unwrap(), "1 record in = 1 transformed + 0 dropped + 0 failed");
    waits("waiting for a change");
    fs::write(&file, "input: jsonl").unwrap();
    waits("pipeline.yaml:1:8: input: unknown name `jsonl`");
    waits("waiting for a change");
    fs::write(&file, "{input: text, output: text}\n").unwrap();
    assert_eq!(summary().unwrap(), "1 record in = 1 transformed + 0 dropped + 0 failed");
    waits("waiting for a change");
    fs::write(&input, "x\ny\n").unwrap();
    assert_eq!(summary().unwrap(), "2 records in = 2 transformed + 0 dropped + 0 failed");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
