//! The option `--pipeline`, and the command `pipeline`.

use std::{fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::firehose_local::{command, run, run_with};

const MIXED: &str = "fixtures/square-values/mixed-batch/event.json";
const NUMBERS: &str = "fixtures/delivery/numbers.jsonl";

/// An event with one record, whose lines are `1`, `x` and `2`.
const ITEMS: &str = r#"{"invocationId":"i","records":[{"recordId":"r","data":"MQp4CjI=","approximateArrivalTimestamp":0}]}"#;

/// Returns a folder with this text in `pipeline.yaml`, and the path of the file.
fn pipeline(text: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipeline.yaml");
    fs::write(&path, text).unwrap();
    (folder, path.into_os_string().into_string().unwrap())
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn invoke_runs_a_pipeline_and_shows_the_cause_of_each_failure() {
    let (_folder, pipeline) = pipeline("input: json");
    let run = run(&["invoke", "--json", "--pipeline", &pipeline, MIXED]);
    run.ends(0, "");
    let verdict = parsed(&run.stdout);
    assert_eq!(verdict["contractKept"], true);
    let failed = verdict["answers"]["processingFailed"].as_u64().unwrap();
    assert!(failed > 0, "{verdict:#}");
    assert_eq!(verdict["causes"].as_object().unwrap().len() as u64, failed, "{verdict:#}");
    assert_eq!(verdict["causes"]["without-data"], "`data` is missing");
}

#[test]
fn invoke_shows_failed_items() {
    let (_folder, pipeline) = pipeline("{input: json_lines, on_error: drop_item}");
    let text = run_with(command(&["invoke", "--pipeline", &pipeline, "-"]), ITEMS);
    text.ends(
        0,
        "1 item failed in records that did not fail:\n  record r, item 2: expected a value",
    );
    assert_eq!(text.response()["records"][0]["data"], "MQoyCg==");
    let json = run_with(command(&["invoke", "--json", "--pipeline", &pipeline, "-"]), ITEMS);
    let items = &parsed(&json.stdout)["failedItems"];
    assert_eq!((&items["count"], &items["first"][0]["item"]), (&1.into(), &2.into()), "{items}");
}

#[test]
fn explain_describes_each_field_and_each_step() {
    let overview = run(&["pipeline", "explain"]);
    overview.ends(0, "");
    let names = overview.stdout.lines().filter_map(|line| line.strip_prefix("  "));
    let names: Vec<_> = names.filter_map(|line| line.split(' ').next()).collect();
    let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
    assert!(names.contains(&"input") && names.contains(&"redact"), "{names:?}");
    for name in names {
        let explained = run(&["pipeline", "explain", name]);
        explained.ends(0, "");
        assert!(explained.stdout.starts_with(&format!("{name}: ")), "{}", explained.stdout);
        assert!(explained.stdout.contains("\nExample:\n"), "{}", explained.stdout);
        assert!(explained.stdout.lines().all(|line| line.len() <= 100), "{}", explained.stdout);
    }
    run(&["pipeline", "explain", "filter"]).ends(2, "no field, step or format has the name filter");
    let message = "no field, step or format has the name redakt; did you mean `redact`?";
    run(&["pipeline", "explain", "redakt"]).ends(2, message);
}

#[test]
fn explain_describes_the_options_of_each_output_format() {
    let output = run(&["pipeline", "explain", "output"]);
    output.ends(0, "");
    for (format, option) in [
        ("csv", "  header     (true or false) `true` writes a row"),
        ("splunk_hec", "  sourcetype   (string) The source type."),
        ("elasticsearch_bulk", "  routing   (string) The routing"),
        ("loki", "  labels               (object) The labels"),
    ] {
        let heading = format!("\nOptions of `{format}`:");
        let explained = run(&["pipeline", "explain", format]);
        explained.ends(0, "");
        for text in [&output.stdout, &explained.stdout] {
            assert!(text.contains(&heading) && text.contains(option), "{text}");
            assert!(text.lines().all(|line| line.len() <= 100), "{text}");
        }
        assert!(explained.stdout.contains("\nExample:\n"), "{}", explained.stdout);
    }
    let explained = run(&["pipeline", "explain", "csv"]).stdout;
    assert!(explained.starts_with("csv, a value of `input`: Rows of CSV."), "{explained}");
    assert!(explained.contains("\ncsv, a value of `output`: Each item as a row"), "{explained}");
    let explained = run(&["pipeline", "explain", "drop_item"]).stdout;
    assert!(explained.starts_with("drop_item, a value of `on_error`: "), "{explained}");
}

#[test]
fn explain_lists_the_fields_of_each_format_of_parse() {
    let explained = run(&["pipeline", "explain", "parse"]).stdout;
    for line in
        ["  apache_common         host, identity,", "  regex                 the named groups"]
    {
        assert!(explained.contains(line), "{explained}");
    }
}

#[test]
fn explain_shows_the_options_and_their_values() {
    let explained = run(&["pipeline", "explain", "hash"]);
    insta::assert_snapshot!(explained.stdout, @r"
    hash: Replaces the values of fields by keyed hashes.

    Options of `hash`:
      fields      (string or list of strings) Required. The paths of the fields.
      key_env     (string) Required. The name of the environment variable with the key: at least 32
                  bytes.
      on_missing  (name) The treatment of an item without one of the fields. Default: `ignore`.

    Values of `on_missing`:
      ignore  Nothing happens. The default.
      fail    The item fails. The error names the path. A path with `[]` is missing if no value matches
              it.

    Example:
      steps:
        - hash: {fields: .user.email, key_env: HASH_KEY}
    ");
    let keys = run(&["pipeline", "explain", "partition_by"]);
    let name = "\n  NAME  (string) The jq filter that computes the partition key NAME.\n";
    assert!(keys.stdout.contains(name), "{}", keys.stdout);
    let cast = run(&["pipeline", "explain", "cast"]);
    assert!(cast.stdout.contains("\nMembers of `NAME`:\n  from  (name) Required. The format"));
}

#[test]
fn an_input_that_is_not_an_event_is_a_function_error() {
    let (_folder, pipeline) = pipeline("input: json");
    run_with(command(&["invoke", "--pipeline", &pipeline, "-"]), "{}")
        .ends(3, "the function failed: MalformedEvent: not a Firehose event");
}

#[test]
fn an_invalid_pipeline_is_bad_usage_with_line_and_column() {
    let (_folder, pipeline) = pipeline("\ninput: jsonl");
    let message = format!("{pipeline}:2:8: input: unknown name `jsonl`; did you mean `json`?");
    for arguments in [
        &["invoke", "--pipeline", &pipeline, MIXED][..],
        &["run", "--delivery-stream", "demo", "--pipeline", &pipeline, NUMBERS],
        &["replay", "--pipeline", &pipeline, NUMBERS],
        &["size", "--pipeline", &pipeline, NUMBERS],
        &["try", "--pipeline", &pipeline, NUMBERS],
    ] {
        let mut command = command(arguments);
        // `run` writes into a folder below the current folder.
        command.current_dir(_folder.path());
        let root = crate::firehose_local::workspace();
        for file in [MIXED, NUMBERS] {
            let copy = _folder.path().join(file);
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::copy(root.join(file), copy).unwrap();
        }
        run_with(command, "").ends(2, &message);
    }
    let missing = run(&["invoke", "--pipeline", "no/such.yaml", MIXED]);
    missing.ends(2, "cannot read no/such.yaml");
}

/// Runs a delivery of the numbers, and returns its summary.
fn delivered(to: &Path, arguments: &[&str]) -> Value {
    let to = to.to_str().unwrap();
    let run = run(&[&["run", "--json", "--to", to], arguments, &[NUMBERS]].concat());
    run.ends(0, "");
    parsed(&run.stdout)
}

#[test]
fn run_delivers_through_a_pipeline_with_exact_causes_and_a_log() {
    let (folder, pipeline) = pipeline("input: json");
    let log = folder.path().join("log");
    let to = folder.path().join("to");
    let arguments = ["--delivery-stream", "demo", "--pipeline", &pipeline, "--log"];
    let summary = delivered(&to, &[&arguments[..], &[log.to_str().unwrap()]].concat());
    let stream = &summary["deliveryStreams"][0];
    let failed = stream["failed"].as_u64().unwrap();
    assert!(failed > 0, "{stream:#}");
    let causes = stream["causes"].as_array().unwrap().iter();
    let records: u64 = causes.map(|cause| cause["records"].as_u64().unwrap()).sum();
    assert_eq!(records, failed, "{stream:#}");
    assert_eq!(stream["failedItems"], json!({"causes": [], "count": 0}));
    let log = fs::read_to_string(log).unwrap();
    let lines = log.lines().filter(|line| line.contains(r#""message":"record failed""#));
    assert_eq!(lines.count() as u64, failed, "{log}");
}

#[test]
fn run_counts_failed_items() {
    let (folder, pipeline) = pipeline("{input: json_lines, on_error: drop_item}");
    let arguments = ["--delivery-stream", "demo", "--pipeline", &pipeline];
    let summary = delivered(&folder.path().join("to"), &arguments);
    let stream = &summary["deliveryStreams"][0];
    assert_eq!(stream["failed"], 0, "{stream:#}");
    let items = &stream["failedItems"];
    assert!(items["count"].as_u64() > Some(0), "{stream:#}");
    let causes = items["causes"].as_array().unwrap().iter();
    let sum: u64 = causes.map(|cause| cause["items"].as_u64().unwrap()).sum();
    assert_eq!(items["count"], sum, "{items:#}");
    let to = folder.path().join("text");
    let text = run(&[&["run", "--to", to.to_str().unwrap()], &arguments[..], &[NUMBERS]].concat());
    assert!(
        text.stdout.contains("  items that failed in records that did not fail: "),
        "{}",
        text.stdout
    );
}

#[test]
fn a_pipeline_stands_for_a_function_of_a_template() {
    let (folder, pipeline) = pipeline("{input: text, output: text, on_oversize: reingest}");
    let function = format!("SquareValuesFunction={pipeline}");
    let to = folder.path().join("to");
    let arguments = ["run", "--json", "--put-to", "SourceStream", "--function", &function, "--to"];
    let run = run(&[&arguments[..], &[to.to_str().unwrap(), NUMBERS]].concat());
    run.ends(0, "note: SquareValuesFunction: `on_oversize: reingest` is not simulated");
    let streams = parsed(&run.stdout)["deliveryStreams"].take();
    for stream in streams.as_array().unwrap() {
        assert_eq!((&stream["delivered"], &stream["failed"]), (&10.into(), &0.into()), "{stream}");
    }
}

#[test]
fn replay_recovers_records_through_a_pipeline() {
    let (folder, strict) = pipeline("input: json");
    let to = folder.path().join("to");
    let errors = ["--error-output-prefix", "errors/"];
    let arguments = [&["--delivery-stream", "demo", "--pipeline", &strict], &errors[..]].concat();
    let failed = delivered(&to, &arguments)["deliveryStreams"][0]["failed"].take();
    let (_folder, lenient) = pipeline("{input: text, output: text}");
    let errors = to.join("errors").into_os_string().into_string().unwrap();
    let replayed = run(&["replay", "--json", "--pipeline", &lenient, &errors]);
    replayed.ends(0, "");
    assert_eq!(parsed(&replayed.stdout)["recovered"], failed);
    let replayed = run(&["replay", "--json", "--pipeline", &strict, &errors]);
    replayed.ends(6, "");
    let summary = parsed(&replayed.stdout);
    assert_eq!(summary["stillFailing"], failed);
    assert!(summary["causes"][0]["records"].as_u64() > Some(0), "{summary:#}");
}

#[test]
fn size_measures_a_process_that_runs_the_pipeline() {
    let (_folder, pipeline) = pipeline("{input: text, output: text}");
    let run = run(&["size", "--json", "--repeat", "1", "--pipeline", &pipeline, NUMBERS]);
    run.ends(0, "");
    let report = parsed(&run.stdout);
    assert_eq!(report["outcomes"]["ok"], 10);
    let smallest = &report["settings"][0];
    assert!(smallest["milliseconds"].as_f64() > Some(0.0), "{smallest:#}");
    if cfg!(target_os = "linux") {
        assert!(smallest["peakBytes"].as_u64() > Some(1_000_000), "{smallest:#}");
    }
}

#[test]
fn only_one_function_may_be_named() {
    for other in [&["--package", "a"][..], &["--binary", "b"], &["--release"]] {
        let arguments = [&["invoke", "--pipeline", "p.yaml"], other, &[MIXED]].concat();
        run(&arguments).ends(2, "cannot be used with");
    }
}

#[test]
fn the_schema_is_json_schema() {
    let run = run(&["pipeline", "schema"]);
    run.ends(0, "");
    let schema = parsed(&run.stdout);
    assert_eq!(schema["type"], "object");
    assert!(schema["properties"]["on_error"].is_object(), "{schema:#}");
}

#[test]
fn a_check_has_a_line_for_each_file() {
    let (_one, valid) = pipeline("input: json_lines");
    let (_other, invalid) = pipeline("steps:\n  - frobnicate: yes\n");
    let checked = run(&["pipeline", "check", &valid, &invalid]);
    checked.ends(2, "");
    let lines: Vec<_> = checked.stdout.lines().collect();
    assert_eq!(lines[0], format!("{valid}: valid"));
    let message = "step 1: unknown name `frobnicate`";
    assert!(lines[1].starts_with(&format!("{invalid}:2:5: {message}")), "{}", lines[1]);
    run(&["pipeline", "check", &valid]).ends(0, "");
    let json = run(&["pipeline", "check", "--json", &invalid]);
    json.ends(2, "");
    let json = parsed(&json.stdout);
    let file = &json["files"][0];
    assert_eq!(
        (&file["isValid"], &file["line"], &file["column"]),
        (&false.into(), &2.into(), &5.into())
    );
    assert!(file["message"].as_str().unwrap().starts_with(message), "{file}");
    assert_eq!(json["exitCode"], 2);
    let from_stdin = run_with(command(&["pipeline", "check", "-"]), "output: yaml");
    from_stdin.ends(2, "");
    assert!(from_stdin.stdout.starts_with("-:1:9: output: unknown name"), "{from_stdin:?}");
    let unreadable = run(&["pipeline", "check", "no/such.yaml", &valid]);
    unreadable.ends(2, "");
    let lines: Vec<_> = unreadable.stdout.lines().collect();
    assert!(lines[0].starts_with("cannot read no/such.yaml: "), "{}", lines[0]);
    assert_eq!(lines[1], format!("{valid}: valid"));
}
