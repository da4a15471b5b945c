use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Stdio,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Duration,
};

use firehose_delivery::{
    function::ProcessSettings,
    observer::{DeliveryEvent, DeliveryObserver},
    sizing::{Batches, Findings, Measurer, PutTo, SafetyRule, Sample},
    source::InputFormat,
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::firehose_local::{
    Run, assert_gone, command, example, faulty, run, run_with, square_values,
};

/// Returns a file with 500 records of 1,000 bytes.
fn sample() -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    let lines: String = (0..500).map(|number| format!("{number:01000}\n")).collect();
    fs::write(file.path(), lines).unwrap();
    file
}

fn expanding(variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let (sample, binary) = (sample(), example("expanding"));
    let mut command = command(&["size", "--repeat", "1", "--binary", &binary]);
    command.args(arguments).arg(sample.path()).envs(variables.iter().copied());
    run_with(command, "")
}

fn setting(report: &Value, megabytes: f64) -> &Value {
    let settings = report["settings"].as_array().unwrap();
    settings.iter().find(|setting| setting["bufferSizeInMBs"] == megabytes).unwrap()
}

#[test]
fn a_function_that_doubles_its_records_has_a_smaller_safe_setting() {
    let run = expanding(&[("TIMES", "2")], &["--json"]);
    run.ends(0, "");
    let report = run.response();
    assert_eq!(report["expansion"]["data"], 2.0);
    // An answer has 2,668 characters of base64 and 102 other characters. 5,662,400 bytes hold 2,044
    // answers, and a batch of 1.9 MB has 1,993 records.
    assert_eq!(report["largestSafeBufferSizeInMBs"], 1.9);
    let safe = setting(&report, 1.9);
    assert_eq!((&safe["verdict"], &safe["records"]), (&"safe".into(), &1993.into()));
    assert_eq!(safe["responseBytes"], 13 + 1993 * (2668 + 102));
    assert_eq!(setting(&report, 2.0)["verdict"], "tooLong");
    // This runtime fails the records that exceed its response budget. With other runtimes, the
    // whole batch fails.
    let largest = setting(&report, 3.0);
    assert_eq!(largest["verdict"], "moreFailures");
    assert_eq!(largest["moreFailures"], largest["processingFailed"]);
    assert!(largest["responseBytes"].as_u64() < largest["expectedResponseBytes"].as_u64());
}

#[test]
fn a_response_over_the_limit_has_a_row_in_the_table() {
    let run = expanding(&[("TIMES", "2"), ("RESPONSE_BUDGET", "100000000")], &[]);
    run.ends(0, "");
    assert!(run.stdout.contains("Largest safe setting: BufferSizeInMBs = 1.9\n"), "{}", run.stdout);
    let message = "at 3 MB: the response has 8714433 bytes, more than Lambda's limit of 6291556";
    assert!(run.stdout.contains(message), "{}", run.stdout);
}

#[test]
fn less_headroom_allows_a_larger_setting() {
    let run = expanding(&[("TIMES", "2")], &["--json", "--headroom", "0"]);
    assert_eq!(run.response()["largestSafeBufferSizeInMBs"], 2.1);
}

#[test]
fn no_setting_is_safe_if_the_smallest_response_is_too_long() {
    // The function returns forty times the data.
    let run = expanding(&[("TIMES", "40"), ("RESPONSE_BUDGET", "100000000")], &["--json"]);
    run.ends(3, "");
    let report = run.response();
    assert_eq!(report["largestSafeBufferSizeInMBs"], Value::Null);
    let problem = report["settings"][0]["problem"].as_str().unwrap();
    assert!(problem.contains("Lambda's limit of 6291556"), "{problem}");
}

#[test]
fn the_report_has_all_measurements_and_assumptions() {
    let numbers = "fixtures/delivery/numbers.jsonl";
    let report = run(&["size", "--repeat", "2", "--binary", square_values(), "--json", numbers]);
    report.ends(0, "");
    let report = report.response();
    assert_eq!(report["sample"]["records"], 10);
    assert_eq!(report["sample"]["isRepeated"], true);
    assert_eq!(report["outcomes"]["ok"], 7);
    assert_eq!(report["outcomes"]["processingFailed"], 3);
    // The records are so short that the event is full before the buffer, except at 0.2 MB.
    let largest = setting(&report, 3.0);
    assert_eq!(largest["isCutToEvent"], true);
    assert_eq!(largest["verdict"], "eventFull");
    assert!(largest["eventBytes"].as_u64().unwrap() <= 6 * 1024 * 1024);
    assert_eq!(report["largestSafeBufferSizeInMBs"], 0.2);
    let largest = setting(&report, 0.2);
    assert_eq!(largest["moreFailures"], 0);
    assert!(largest["milliseconds"].as_f64().unwrap() > 0.0);
    if cfg!(target_os = "linux") {
        assert!(largest["cpuMilliseconds"].as_f64().unwrap() > 0.0);
        assert!(largest["peakBytes"].as_u64().unwrap() > 1_000_000);
        assert_eq!(largest["costs"].as_array().unwrap().len(), 6);
    }
    assert_eq!(report["assumptions"]["cpuFactor"], 1.0);
    assert!(report["assumptions"]["priceSource"].as_str().unwrap().contains("us-east-1"));
}

/// Returns a file that contains this line `times` times.
fn lines(line: &str, times: usize) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), format!("{line}\n").repeat(times)).unwrap();
    file
}

#[test]
fn exactly_the_settings_up_to_the_largest_safe_one_are_safe() {
    // An event has room for 0.25 MB of these records, but not for the next setting.
    let sample = lines(r#"{"ip":10911111111}"#, 3000);
    let path = sample.path().to_str().unwrap();
    let report = run(&["size", "--json", "--repeat", "1", "--binary", square_values(), path]);
    let report = report.response();
    assert_eq!(report["largestSafeBufferSizeInMBs"], 0.25);
    for setting in report["settings"].as_array().unwrap() {
        let is_small = setting["bufferSizeInMBs"].as_f64() <= Some(0.25);
        assert_eq!(setting["verdict"] == "safe", is_small, "{setting}");
    }
}

#[test]
fn no_setting_is_known_to_be_safe_if_even_the_smallest_fills_the_event() {
    let sample = lines("1", 100);
    let path = sample.path().to_str().unwrap();
    let run = run(&["size", "--repeat", "1", "--binary", square_values(), path]);
    run.ends(3, "");
    let message = "No setting is known to be safe. 0.2 MB, the smallest, is the best choice.";
    assert!(run.stdout.contains(message), "{}", run.stdout);
    assert!(!run.stdout.contains("largest safe"), "{}", run.stdout);
    assert!(run.stdout.contains("- 100 records of the sample failed."), "{}", run.stdout);
}

/// An observer that asserts that a measurement never sends more than it has planned.
#[derive(Debug, Default)]
struct Plan {
    planned: AtomicU64,
    sent: AtomicU64,
}

impl DeliveryObserver for Plan {
    fn observe(&self, event: &DeliveryEvent<'_>) {
        match event {
            DeliveryEvent::MeasurementPlanned { bytes } => {
                self.planned.store(*bytes, Ordering::Relaxed);
            }
            DeliveryEvent::BatchMeasured { bytes, .. } => {
                let sent = self.sent.fetch_add(*bytes, Ordering::Relaxed) + bytes;
                assert!(sent <= self.planned.load(Ordering::Relaxed));
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn progress_ends_at_all_of_the_work() {
    let sample = sample();
    let sample =
        Sample::read(&[sample.path().to_owned()], InputFormat::Lines, PutTo::KinesisStream)
            .unwrap();
    let batches = Batches::new(&sample.records, sample.count);
    for rounds in [1, 3] {
        let plan = Plan::default();
        let function = ProcessSettings::new(Path::new(square_values()));
        let events = PutTo::KinesisStream.event_writer();
        let measurer = Measurer::new(function, &sample, &batches, events, &plan).rounds(rounds);
        Findings::find(&measurer, SafetyRule { headroom: 10 }).await.unwrap();
        assert_eq!(plan.sent.into_inner(), plan.planned.into_inner());
    }
}

#[test]
fn prices_come_from_the_architecture_or_from_options() {
    let numbers = "fixtures/delivery/numbers.jsonl";
    let size = |arguments: &[&str]| {
        let arguments = [&["size", "--repeat", "1", "--binary", square_values()], arguments];
        run(&[&arguments.concat()[..], &["--direct-put", numbers]].concat())
    };
    let arm = size(&["--architecture", "arm64"]).stdout;
    assert!(arm.contains("Prices for arm64: $0.0000133334 a GB-second, $0.20 a million"), "{arm}");
    assert!(arm.contains("The function gets events of Direct PUT."), "{arm}");
    let free = size(&["--price-gb-second", "0", "--price-request", "0", "--json"]).response();
    assert_eq!(free["assumptions"]["priceSource"], Value::Null);
    if cfg!(target_os = "linux") {
        assert_eq!(setting(&free, 3.0)["costs"][0]["usdPerGB"], 0.0);
    }
}

#[test]
fn an_unusable_sample_is_bad_usage() {
    let size = |input: &str| run_with(command(&["size", "--binary", square_values()]), input);
    size("").ends(2, "the sample is empty; add at least one record");
    size("\n").ends(2, "the records of the sample are all empty");
    run(&["size", "--binary", square_values(), "nowhere.jsonl"]).ends(2, "nowhere.jsonl");
    run(&["size", "nowhere.jsonl"]).ends(
        2,
        "<--package <NAME>|--binary <PATH>|--handler <MODULE.FUNCTION>|--pipeline <FILE>>",
    );
    run(&["size", "--cpu-factor", "0", "--binary", "x"])
        .ends(2, "must be a number from 0.01 to 100");
    run(&["size", "--price-request=-1", "--binary", "x"]).ends(2, "must be a number of US dollars");
}

#[test]
fn each_failure_of_a_function_has_an_exit_code() {
    let size = |fault: &str| {
        let mut command = command(&["size", "--timeout", "1", "--binary", &faulty()]);
        command.env("FAULT", fault);
        run_with(command, "{\"a\":1}\n{\"a\":2}\n")
    };
    size("exit at start").ends(4, "the function ended before it asked for an event");
    let garbage = size("garbage");
    garbage.ends(1, "");
    let message = "at 0.2 MB: Firehose would reject the whole response and fail all records of the batch with the \
                   error code Lambda.Json";
    assert!(garbage.stdout.contains(message), "{}", garbage.stdout);
    let hang = size("hang");
    hang.ends(3, "");
    assert!(hang.stdout.contains("did not answer within 1 s"), "{}", hang.stdout);
    assert!(hang.stdout.contains("No setting is safe."), "{}", hang.stdout);
}

/// The log of each failure takes CPU time, and `size` shows no causes.
#[test]
fn only_commands_that_show_causes_make_the_function_log_all_failures() {
    let folder = tempfile::tempdir().unwrap();
    let bootstrap = folder.path().join("bootstrap");
    let variable = folder.path().join("variable");
    let script = format!(
        "#!/bin/sh\nprintf %s \"$FIREHOSE_TRANSFORM_FAILURE_LOG\" > {}\nexec {}\n",
        variable.display(),
        square_values()
    );
    fs::write(&bootstrap, script).unwrap();
    fs::set_permissions(&bootstrap, fs::Permissions::from_mode(0o755)).unwrap();
    let to = folder.path().join("to");
    let [bootstrap, to] = [&bootstrap, &to].map(|path| path.to_str().unwrap());
    let numbers = "fixtures/delivery/numbers.jsonl";
    let event = "fixtures/square-values/mixed-batch/event.json";
    for (arguments, expected) in [
        (&["size", "--repeat", "1", "--binary", bootstrap, numbers][..], ""),
        (&["run", "--delivery-stream", "demo", "--binary", bootstrap, "--to", to, numbers], "all"),
        (&["invoke", "--binary", bootstrap, event], "all"),
    ] {
        let run = run(arguments);
        assert_eq!(run.code, 0, "{run:#?}");
        assert_eq!(fs::read_to_string(&variable).unwrap(), expected, "{arguments:?}");
    }
}

#[test]
fn ctrl_c_ends_the_command_and_the_function_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let bootstrap = folder.path().join("bootstrap");
    // The function starts in its own folder, writes its process id, and never asks for an event.
    let script = "#!/bin/sh\necho $$ > id.new\nmv id.new id\nexec sleep 600\n";
    fs::write(&bootstrap, script).unwrap();
    fs::set_permissions(&bootstrap, fs::Permissions::from_mode(0o755)).unwrap();
    let sample = sample();
    let mut command = command(&["size", "--binary", bootstrap.to_str().unwrap()]);
    let mut child = command.arg(sample.path()).stdout(Stdio::null()).spawn().unwrap();
    let id = folder.path().join("id");
    while !id.exists() {
        thread::sleep(Duration::from_millis(10));
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_gone(fs::read_to_string(id).unwrap().trim().parse().unwrap());
}

#[test]
fn the_help_names_examples_and_exit_codes() {
    let help = run(&["size", "--help"]).stdout;
    for part in [
        "Examples:",
        "Exit codes, the first that applies:",
        "--price-gb-second <USD>",
        "in release mode",
    ] {
        assert!(help.contains(part), "no {part:?} in {help}");
    }
}
