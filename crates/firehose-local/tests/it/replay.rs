use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use tempfile::TempDir;

use crate::firehose_local::{Run, command, faulty, run, run_with, square_values, workspace};

/// The error lines of seven failed records, with `lambdaARN` or `lambdaArn`. `square-values`
/// accepts four of the records.
const NUMBERS: &str = "fixtures/error-lines/numbers.jsonl";

pub(crate) fn numbers() -> String {
    fs::read_to_string(workspace().join(NUMBERS)).unwrap()
}

/// Replays with the function of `examples/square-values`.
pub(crate) fn replay(arguments: &[&str]) -> Run {
    run(&[&["replay", "--binary", square_values()], arguments].concat())
}

pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.path().join(name).into_os_string().into_string().unwrap()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Returns the files below a folder, sorted by path.
    pub(crate) fn files(&self, name: &str) -> Vec<PathBuf> {
        let mut folders = vec![PathBuf::from(self.path(name))];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files.sort();
        files
    }
}

pub(crate) fn gzip(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn without_to_a_replay_is_a_trial() {
    let run = replay(&[NUMBERS]);
    run.ends(6, "");
    insta::assert_snapshot!(run.stdout, @r#"
    7 lines in = 4 pass now + 0 dropped + 3 still failing + 0 unreadable
      had failed with Lambda.FunctionError: 3 records, 3 pass now
      had failed with Lambda.ProcessingFailedStatus: 3 records, 3 still failing
      had failed with Lambda.MissingRecordId: 1 record, 1 pass now
      fails with Lambda.ProcessingFailedStatus: 3 records
        1 x key "a": expected a number, found a string
        1 x key "a": expected a number, found an array
        1 x not a JSON object of numbers: expected an object at line 1 column 1
      this was a trial; --to writes the outputs
    "#);
}

#[test]
fn outputs_are_written_by_the_hour_and_remaining_lines_as_they_were() {
    let folder = Folder::new();
    folder.write("errors/1.gz", gzip(&numbers()));
    folder.write("errors/2026/2", numbers());
    let (errors, to, rest) = (folder.path("errors"), folder.path("to"), folder.path("rest"));
    let written = ["--to", &to, "--prefix", "d/", "--append-delimiter", "--rest", &rest];
    let run = replay(&[&written[..], &["--json", &errors]].concat());
    run.ends(6, "");
    let summary = run.response();
    let counts = ["lines", "recovered", "dropped", "stillFailing", "unreadable", "notReplayed"];
    assert_eq!(counts.map(|name| summary[name].as_u64().unwrap()), [14, 8, 0, 6, 0, 0]);
    assert_eq!(summary["before"]["Lambda.ProcessingFailedStatus"]["stillFailing"], 6);
    assert_eq!(summary["rest"]["written"], 6);

    let objects = folder.files("to");
    let names: Vec<_> = objects.iter().map(|path| path.strip_prefix(&to).unwrap()).collect();
    assert!(names[0].starts_with("d/2025/11/13/02"), "{names:?}");
    assert!(names[1].starts_with("d/2025/11/13/03"), "{names:?}");
    let first = fs::read_to_string(&objects[0]).unwrap();
    let one = [r#"{"a":1,"b":4}"#, r#"{"a":9}"#, r#"{"price":6.25}"#];
    assert_eq!(sorted(&first), [one[0], one[0], one[1], one[1], one[2], one[2]]);
    assert_eq!(fs::read_to_string(&objects[1]).unwrap(), "{\"zero\":0}\n{\"zero\":0}");

    let failing: String = numbers().split_inclusive('\n').skip(3).take(3).collect();
    assert_eq!(sorted(&folder.read("rest")), sorted(&failing.repeat(2)));
    let again = replay(&["--json", &rest]);
    assert_eq!((again.code, again.response()["stillFailing"].as_u64()), (6, Some(6)));
}

#[test]
fn an_entry_that_cannot_be_listed_hides_no_other_object() {
    let folder = Folder::new();
    let line = numbers().lines().next().unwrap().to_owned() + "\n";
    for number in 0..50 {
        folder.write(&format!("errors/{number:02}"), &line);
    }
    let errors = folder.path("errors");
    std::os::unix::fs::symlink("circle", folder.0.path().join("errors/circle")).unwrap();
    std::os::unix::fs::symlink(".", folder.0.path().join("errors/same")).unwrap();
    let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"25\xff");
    fs::write(folder.0.path().join("errors").join(name), &line).unwrap();
    folder.write("errors/51#1", "{\"rawData\":");
    let run = replay(&["--json", &errors]);
    run.ends(2, "the name is not UTF-8");
    let summary = run.response();
    assert_eq!((&summary["lines"], &summary["recovered"]), (&50.into(), &50.into()), "{summary}");
    assert_eq!(summary["placesNotRead"], 3);
}

#[test]
fn records_that_failed_in_a_run_are_recovered_by_a_corrected_function() {
    let folder = Folder::new();
    let delivered = folder.path("delivered");
    let arguments = ["run", "--delivery-stream", "demo", "--retries", "0", "--to", &delivered];
    let input = "fixtures/delivery/numbers.jsonl";
    let mut broken = command(&[&arguments[..], &["--binary", &faulty(), input]].concat());
    broken.env("FAULT", "error");
    assert_eq!(run_with(broken, "").code, 3);
    let count = fs::read_to_string(workspace().join(input)).unwrap().lines().count() as u64;

    let (errors, to) = (folder.path("delivered/processing-failed"), folder.path("to"));
    let run = replay(&["--to", &to, "--append-delimiter", "--json", &errors]);
    let summary = run.response();
    assert_eq!(summary["lines"], count, "{run:?}");
    let records: usize = folder
        .files("to")
        .iter()
        .map(|path| fs::read_to_string(path).unwrap().lines().count())
        .sum();
    assert_eq!(summary["recovered"], records as u64);
    assert_eq!(summary["recovered"].as_u64().unwrap() + failing(&summary), count);
    assert!(records > 0);
}

fn failing(summary: &Value) -> u64 {
    summary["stillFailing"].as_u64().unwrap()
}

#[test]
fn an_output_that_ends_in_a_newline_gets_a_warning_with_a_delimiter() {
    let folder = Folder::new();
    // The data is "a" and a newline.
    let line = r#"{"attemptsMade":1,"arrivalTimestamp":1763000000000,"errorCode":"Lambda.FunctionError","errorMessage":"e","attemptEndingTimestamp":1763000000000,"rawData":"YQo=","lambdaARN":"f"}"#;
    let lines = folder.write("lines", format!("{line}\n{line}\n"));
    let pipeline = folder.write("p.yaml", "input: raw\noutput: raw\nsteps: []\n");
    let to = folder.path("to");
    let arguments = ["replay", "--pipeline", &pipeline, "--to", &to, &lines];
    let warning = "warning: an output ends in a newline, and the delimiter adds another one";
    for (more, times) in [(&[][..], 0), (&["--append-delimiter"], 1)] {
        let run = run_with(command(&[&arguments[..], more].concat()), "");
        run.ends(0, "");
        assert_eq!(run.stderr.matches(warning).count(), times, "{run:#?}");
    }
}

#[test]
fn an_unreadable_line_is_named_and_remains() {
    let folder = Folder::new();
    let good = numbers().lines().next().unwrap().to_owned();
    let lines = folder.write("lines", format!("{good}\n\noops\n{{\"rawData\":\"?\"}}\n{good}\n"));
    let rest = folder.path("rest");
    let run = replay(&["--rest", &rest, "--to", &folder.path("to"), &lines]);
    run.ends(
        2,
        "lines:3 is not replayed: the line is not a JSON object; reading stopped at column 1",
    );
    run.ends(2, "lines:4 is not replayed: `rawData` is not base64");
    let summary = "4 lines in = 2 recovered + 0 dropped + 0 still failing + 2 unreadable";
    assert!(run.stdout.starts_with(summary), "{}", run.stdout);
    assert_eq!(folder.read("rest"), "oops\n{\"rawData\":\"?\"}\n");

    folder.write("many", "oops\n".repeat(100));
    let run = replay(&[&folder.path("many")]);
    run.ends(2, "many:10 is not replayed: ");
    assert!(!run.stderr.contains("many:11 ") && run.stderr.contains("only counted"));
}

#[test]
fn a_damaged_object_loses_only_its_end() {
    let folder = Folder::new();
    folder.write("errors/1.gz", &gzip(&numbers())[..100]);
    folder.write("errors/2", numbers());
    let run = replay(&[&folder.path("errors")]);
    run.ends(2, "the object may be truncated");
    assert!(
        run.stdout
            .contains("  1 part of the input could not be read; its lines are not in the counts"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.starts_with("7 lines in = 4 pass now"), "{}", run.stdout);
}

#[test]
fn remaining_records_as_an_event_go_through_invoke() {
    let folder = Folder::new();
    let rest = folder.path("event.json");
    replay(&["--rest", &rest, "--rest-as", "event", NUMBERS]).ends(6, "");
    let invoked = run(&["invoke", "--binary", square_values(), &rest]);
    invoked.ends(0, "3 answers: 0 Ok, 0 Dropped, 3 ProcessingFailed. The response keeps");
    let event: Value = serde_json::from_str(&folder.read("event.json")).unwrap();
    assert_eq!(event["records"][1]["approximateArrivalTimestamp"], 1_763_000_060_004_u64);
}

#[test]
fn a_record_with_a_newline_is_left_out_of_lines() {
    let folder = Folder::new();
    let rest = folder.path("rest");
    let run = replay(&["--rest", &rest, "--rest-as", "lines", NUMBERS]);
    run.ends(6, "");
    assert_eq!(folder.read("rest"), "{\"a\":\"one\"}\nnot JSON\n");
    let message = "1 record LEFT OUT because the data contains a newline; --rest-as error-lines";
    assert!(run.stdout.contains(message), "{}", run.stdout);
}

#[test]
fn no_file_is_overwritten_and_no_output_is_read() {
    let folder = Folder::new();
    let lines = folder.write("errors/lines", numbers());
    let rest = folder.write("rest", "precious");
    let errors = folder.path("errors");
    replay(&["--rest", &rest, &lines]).ends(2, "exists: add --force to replace it");
    assert_eq!(folder.read("rest"), "precious");
    let inside = folder.path("errors/rest");
    for arguments in [
        ["--force", "--rest", lines.as_str(), lines.as_str()],
        ["--force", "--rest", inside.as_str(), errors.as_str()],
    ] {
        replay(&arguments).ends(2, "where the failed records are read from");
    }
    let to = folder.path("errors/to");
    replay(&["--to", &to, &errors]).ends(2, "where the failed records are read from");
    assert_eq!(folder.read("errors/lines"), numbers());
    assert_eq!(folder.files("errors").len(), 1);
    replay(&["--force", "--rest", &rest, &lines]).ends(6, "");
    assert_eq!(folder.read("rest").lines().count(), 3);
    replay(&[&lines, &folder.path("none")]).ends(2, "none: No such file");
    replay(&["gs://bucket/a"]).ends(2, "gs: is not supported");
}

#[test]
fn a_file_that_cannot_be_written_is_reported() {
    let run = replay(&["--force", "--rest", "/dev/full", NUMBERS]);
    run.ends(2, "cannot write the remaining records: No space left on device");
    let rest = "/none/rest";
    replay(&["--rest", rest, NUMBERS]).ends(2, "cannot write /none/rest: No such file");
}

#[test]
fn a_missing_partition_key_is_a_failure() {
    let folder = Folder::new();
    let (to, rest) = (folder.path("to"), folder.path("rest"));
    let prefix = "!{partitionKeyFromLambda:unit}/";
    let run = replay(&["--to", &to, "--prefix", prefix, "--rest", &rest, NUMBERS]);
    run.ends(6, "the partition key `unit` of the prefix is missing");
    let message = "fails with DynamicPartitioning.MetadataExtractionFailed: 4 records";
    assert!(run.stdout.contains(message), "{}", run.stdout);
    assert_eq!(sorted(&folder.read("rest")), sorted(&numbers()));
    replay(&["--to", &to, "--prefix", "!{no}", NUMBERS]).ends(2, "--prefix: ");
}

#[test]
fn the_records_of_an_object_that_the_store_does_not_take_remain() {
    let folder = Folder::new();
    let rest = folder.path("rest");
    folder.write("to/d/2025/11/13/02", "a file in place of a folder");
    let to = folder.path("to");
    let run = replay(&["--to", &to, "--prefix", "d/", "--rest", &rest, NUMBERS]);
    run.ends(6, "cannot write");
    let summary = "7 lines in = 1 recovered + 0 dropped + 3 still failing + 0 unreadable \
                   + 3 NOT REPLAYED";
    assert!(run.stdout.starts_with(summary), "{}", run.stdout);
    let left: String = numbers().split_inclusive('\n').take(6).collect();
    assert_eq!(sorted(&folder.read("rest")), sorted(&left));
}

/// Each hour has an object of its own, below a file in place of a folder.
#[test]
fn the_first_objects_that_cannot_be_written_are_named() {
    let folder = Folder::new();
    folder.write("to/d/1970/01/01", "a file in place of a folder");
    let lines: String = (0..15)
        .map(|hour| {
            let arrival = hour * 3_600_000;
            format!(
                "{{\"rawData\":\"e30=\",\"errorCode\":\"Lambda.X\",\"arrivalTimestamp\":{arrival}}}\n"
            )
        })
        .collect();
    let (errors, to) = (folder.write("errors", lines), folder.path("to"));
    let run = replay(&["--to", &to, "--prefix", "d/", &errors]);
    run.ends(6, "further objects that could not be written are only counted");
    assert_eq!(run.stderr.matches("cannot write").count(), 10, "{}", run.stderr);
    assert!(run.stdout.contains("15 NOT REPLAYED"), "{}", run.stdout);
}

fn replay_faulty(fault: &str, arguments: &[&str]) -> Run {
    let mut command = command(&[&["replay", "--binary", &faulty()], arguments].concat());
    command.env("FAULT", fault);
    run_with(command, "")
}

#[test]
fn the_exit_code_tells_a_function_that_fails_from_one_that_breaks_the_contract() {
    let folder = Folder::new();
    let rest = folder.path("rest");
    let run = replay_faulty("exit", &["--retries", "1", "--rest", &rest, NUMBERS]);
    run.ends(3, "faulty, attempt 2 of 2: the function ended without an answer");
    assert!(run.stdout.contains("2 of 2 invocations were function errors"), "{}", run.stdout);
    assert_eq!(folder.read("rest"), numbers());

    let run = replay_faulty("omits an id", &[NUMBERS]);
    run.ends(1, "");
    assert!(run.stdout.contains("fails with Lambda.MissingRecordId: 1 record"), "{}", run.stdout);
    replay_faulty("none", &[NUMBERS]).ends(0, "");

    let rest = folder.path("none");
    replay_faulty("exit at start", &["--rest", &rest, NUMBERS]).ends(4, "ended before it asked");
    let url = "http://127.0.0.1:9/2015-03-31/functions/f/invocations";
    run_with(command(&["replay", "--url", url, "--rest", &rest, NUMBERS]), "")
        .ends(4, "cannot reach http://127.0.0.1:9/");
    assert!(!Path::new(&rest).exists(), "a file was created, though nothing was replayed");
}

#[test]
fn a_package_can_be_built_in_release_mode() {
    for command in ["replay", "invoke"] {
        let run = run(&[command, "--package", "nonsense", "--release", NUMBERS]);
        run.ends(4, "cargo build --package nonsense");
    }
    run(&["replay", "--release", NUMBERS])
        .ends(2, "<--package <NAME>|--binary <PATH>|--handler <MODULE.FUNCTION>|--pipeline <FILE>|--url <URL>|");
}

#[test]
fn a_folder_without_error_objects_is_replayed_at_once() {
    let folder = Folder::new();
    fs::create_dir(folder.path("errors")).unwrap();
    let run = replay(&[&folder.path("errors")]);
    run.ends(0, "");
    assert!(run.stdout.contains("the error objects have no lines"), "{}", run.stdout);
}
