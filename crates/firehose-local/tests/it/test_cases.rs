//! `firehose-local test`: fixture cases against functions in processes and at URLs.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::Path,
    thread,
};

use serde_json::{Value, json};

use crate::firehose_local::{Run, command, faulty, run, run_with, square_values};

const CASES: &str = "fixtures/square-values";

/// Writes a case whose records are the lines of `texts`.
fn write_case(folder: &Path, name: &str, texts: &str, expected: &str) {
    let case = folder.join(name);
    run_with(command(&["event", "--case", case.to_str().unwrap()]), texts).ends(0, "");
    fs::write(case.join("expected.json"), expected).unwrap();
}

#[test]
fn the_cases_of_the_rust_kit_pass_with_the_binary() {
    let tested = run(&["test", "--binary", square_values(), CASES]);
    tested.ends(0, "");
    assert!(tested.stdout.ends_with("\n13 cases: 13 passed, 0 failed\n"), "{}", tested.stdout);
    let chosen = run(&["test", "--json", "--binary", square_values(), CASES, "integers", "float"]);
    let report = chosen.response();
    assert_eq!((&report["passed"], &report["exitCode"]), (&json!(2), &json!(0)));
    let names: Vec<_> =
        report["cases"].as_array().unwrap().iter().map(|case| &case["name"]).collect();
    assert_eq!(names, ["floats", "integers"]);
    assert_eq!(report["cases"][1]["sources"], json!(["direct-put", "kinesis", "msk"]));
}

#[test]
fn a_function_of_a_template_is_built_and_tested() {
    let tested = run(&["test", "--function", "SquareValuesFunction", CASES, "not-json"]);
    tested.ends(0, "");
    assert_eq!(tested.stdout, "ok      not-json\n\n1 case: 1 passed, 0 failed\n");
    run(&["test", "--function", "NoSuchFunction", CASES]).ends(
        2,
        "template.yaml: no function has the logical id NoSuchFunction; the functions are ",
    );
}

#[test]
fn a_function_of_a_template_needs_no_simulated_delivery_stream() {
    let test = |case: &str, id: &str, more: &[&str]| {
        let template = format!("fixtures/templates/{case}/template.yaml");
        let arguments = ["test", "--template", &template, "--function", id, CASES, "not-json"];
        run(&[&arguments, more].concat())
    };
    test("splunk-own-function", "Fn", &[]).ends(0, "");
    let given =
        ["--import=a=1", "--value=Resources.Fn.Properties.MemorySize=256", "--parameter=P=x"];
    test("imported-timeout", "Fn", &given).ends(0, "Variables.B: `{{resolve:");
    test("image-function", "JavaFn", &[])
        .ends(2, "`test` cannot start the runtime java21; build the function, then start the function in AWS's runtime");
    test("image-function", "ImageFn", &[]).ends(2, "`test` cannot start a container image");
    test("image-function", "Other", &[])
        .ends(2, "no function has the logical id Other; the functions are NodeFn, ImageFn, JavaFn");
    test("imported-timeout", "Fn", &["--value=Resources.Fn.Properties.MemorySize=x"])
        .ends(2, "Resources.Fn.Properties.MemorySize: `x` is not a number from 128 to 10240");
}

/// Returns a folder with two cases: `squares` differs in one of three records, and `sound` passes.
fn differing() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let expected = r#"{"records": [
        {"result": "Ok", "json": {"a": 4}},
        {"result": "Ok", "json": {"a": 9, "b": 1}},
        {"result": "ProcessingFailed", "cause": "not a JSON object"}
    ]}"#;
    write_case(folder.path(), "squares", "{\"a\": 2}\n{\"a\": 4}\nx\n", expected);
    write_case(
        folder.path(),
        "sound",
        "{\"a\": 1}\n",
        r#"{"records": [{"result": "Ok", "json": {"a":1}}]}"#,
    );
    folder
}

#[test]
fn a_difference_is_shown_once_for_all_sources() {
    let folder = differing();
    let path = folder.path().to_str().unwrap();
    let tested = run(&["test", "--binary", square_values(), path]);
    tested.ends(6, "");
    let expected = format!(
        "ok      sound\n\
         FAILED  squares\n  \
           as direct-put, kinesis, msk:\n  \
           {path}/squares/expected.json\n    \
             record 2, recordId \"49572672223665514422805246926656954630972486059535892482000001\"\n      \
               .a: expected 9, found 16\n      \
               .b: expected 1, but the value is missing\n\n\
         2 cases: 1 passed, 1 failed\n"
    );
    assert_eq!(tested.stdout, expected);

    let report = run(&["test", "--json", "--binary", square_values(), path]).response();
    assert_eq!((&report["failed"], &report["exitCode"]), (&json!(1), &json!(6)));
    let problem = &report["cases"][1]["problems"][0];
    assert_eq!(problem["sources"], json!(["direct-put", "kinesis", "msk"]));
    let first = json!({
        "record": 2,
        "recordId": "49572672223665514422805246926656954630972486059535892482000001",
        "path": ".a",
        "text": "expected 9, found 16",
        "rule": "integer",
    });
    assert_eq!(problem["differences"][0], first);
}

#[test]
fn a_junit_report_has_each_case() {
    let folder = differing();
    let junit = folder.path().join("junit.xml");
    let (path, file) = (folder.path().to_str().unwrap(), junit.to_str().unwrap());
    run(&["test", "--binary", square_values(), "--junit", file, path]).ends(6, "");
    let report = fs::read_to_string(&junit).unwrap();
    assert!(report.contains(r#"tests="2" skipped="0" failures="1" errors="0""#), "{report}");
    assert!(report.contains(r#"<testcase name="sound" "#), "{report}");
    assert!(report.contains("<failure "), "{report}");
    assert!(report.contains(".a: expected 9, found 16"), "{report}");
    assert_eq!(report.matches("found 16").count(), 1, "{report}");
    run(&["test", "--binary", square_values(), "--junit", "no/such/folder.xml", path])
        .ends(2, "cannot write no/such/folder.xml");
}

#[test]
fn an_update_writes_a_case_that_passes() {
    let folder = differing();
    let path = folder.path().to_str().unwrap();
    let updated = run(&["test", "--update", "--binary", square_values(), path]);
    updated.ends(0, "");
    assert!(updated.stdout.contains("ok      squares: wrote "), "{}", updated.stdout);
    let written = fs::read_to_string(folder.path().join("squares/expected.json")).unwrap();
    // The other records stay as they were.
    assert!(written.contains(r#""cause": "not a JSON object""#), "{written}");
    assert!(written.contains(r#""json": {"a":16}"#), "{written}");
    run(&["test", "--binary", square_values(), path]).ends(0, "");
}

fn test_faulty(fault: &str, folder: &Path, arguments: &[&str]) -> Run {
    let binary = faulty();
    let fixed = ["test", "--timeout", "20", "--binary", &binary, folder.to_str().unwrap()];
    let mut command = command(&[&fixed, arguments].concat());
    command.env("FAULT", fault);
    run_with(command, "")
}

#[test]
fn a_function_without_a_valid_answer_fails_its_case() {
    let folder = tempfile::tempdir().unwrap();
    let expected = r#"{"records": [{"result": "Ok", "text": "x"}, {"result": "Ok", "text": "y"}]}"#;
    write_case(folder.path(), "two", "x\ny\n", expected);
    let path = folder.path();
    // The example answers in the form of Direct PUT and Kinesis.
    let by_data = ["--source", "direct-put", "--source", "kinesis"];
    test_faulty("none", path, &[]).ends(6, "");
    test_faulty("none", path, &by_data).ends(0, "");
    // A process may end after its answer, because the next event starts another process.
    test_faulty("answer and exit", path, &by_data).ends(0, "");
    for (fault, message) in [
        ("omits an id", "the response breaks the contract:"),
        ("other order", "the answers are not in the order of the event"),
        ("exit", "the function ended without an answer (exit status: 7)"),
        ("error", "records: expected a response, found the error \"told to fail\""),
    ] {
        let tested = test_faulty(fault, path, &by_data);
        tested.ends(6, "");
        assert!(tested.stdout.contains(message), "{fault}: {}", tested.stdout);
        assert!(tested.stdout.ends_with("1 case: 0 passed, 1 failed\n"), "{}", tested.stdout);
    }
    test_faulty("exit at start", path, &[]).ends(4, "the function ended before it asked");
}

#[test]
fn a_case_without_a_chosen_source_is_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let expected = r#"{"sources": ["kinesis"], "records": [{"result": "Ok", "text": "x"}]}"#;
    write_case(folder.path(), "kinesis", "x\n", expected);
    let tested = test_faulty("none", folder.path(), &["--source", "msk"]);
    tested.ends(0, "");
    let expected = "skipped kinesis\n\n1 case: 0 passed, 0 failed, 1 skipped\n";
    assert_eq!(tested.stdout, expected);
}

#[test]
fn an_expected_error_and_an_unreported_cause_pass() {
    let folder = tempfile::tempdir().unwrap();
    write_case(folder.path(), "error", "x\n", r#"{"invocationError": "told to"}"#);
    test_faulty("error", folder.path(), &[]).ends(0, "");
    let folder = tempfile::tempdir().unwrap();
    let expected = r#"{"sources": ["kinesis"],
        "records": [{"result": "ProcessingFailed", "cause": "unknown"}]}"#;
    write_case(folder.path(), "unreported", "fail\n", expected);
    let tested = test_faulty("by data", folder.path(), &[]);
    tested.ends(0, "");
    let note = "The causes of 1 failed record were not compared";
    assert!(tested.stdout.contains(note), "{}", tested.stdout);
}

/// Serves a function that drops every record. Returns its URL.
fn serve_dropping() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut length, mut line) = (0, String::new());
            // The connection that checks the URL sends nothing.
            while stream.read_line(&mut line).unwrap() > 2 {
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            let Ok(event) = serde_json::from_slice::<Value>(&body) else { continue };
            let records = event["records"].as_array().unwrap().iter();
            let answers: Vec<_> = records
                .map(|it| json!({"recordId": it["recordId"], "result": "Dropped"}))
                .collect();
            let body = json!({"records": answers}).to_string();
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length:";
            write!(stream.get_mut(), "{head} {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    format!("http://{address}/2015-03-31/functions/f/invocations")
}

#[test]
fn a_function_at_a_url_is_tested() {
    let folder = tempfile::tempdir().unwrap();
    let expected = r#"{"records": [{"result": "Dropped"}]}"#;
    write_case(folder.path(), "dropped", "x\n", expected);
    let (url, path) = (serve_dropping(), folder.path().to_str().unwrap());
    run(&["test", "--url", &url, path]).ends(0, "");
    // The folder of a single case.
    let case = folder.path().join("dropped");
    run(&["test", "--url", &url, case.to_str().unwrap()]).ends(0, "");
}

#[test]
fn a_new_case_is_made_from_lines() {
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("first");
    run_with(command(&["event", "--case", case.to_str().unwrap()]), "{\"a\": 2}\n").ends(0, "");
    let cases = folder.path().to_str().unwrap();
    let missing = run(&["test", "--binary", square_values(), cases]);
    missing.ends(6, "");
    let remedy = "`firehose-local test --update`, or the Rust test with UPDATE_FIXTURES=1, writes";
    assert!(missing.stdout.contains(remedy), "{}", missing.stdout);
    let updated = run(&["test", "--binary", square_values(), "--update", cases]);
    updated.ends(0, "");
    assert!(updated.stdout.contains("first/expected.json (1 Ok)\n"), "{}", updated.stdout);
    let expected = fs::read_to_string(case.join("expected.json")).unwrap();
    assert!(expected.contains(r#""json": {"a":4}"#), "{expected}");
    run(&["test", "--binary", square_values(), cases]).ends(0, "");
}

#[test]
fn bad_usage_is_exit_code_2() {
    let empty = tempfile::tempdir().unwrap();
    for (arguments, message) in [
        (&["test", CASES][..], "required arguments were not provided"),
        (&["test", "--binary", "b", "no-such-folder"], "no-such-folder: No such file"),
        (&["test", "--binary", "b", empty.path().to_str().unwrap()], "contains no cases"),
        (&["test", "--binary", "b", CASES, "nothing"], "no case has a name that contains nothing"),
        (&["test", "--binary", "b", "--template", "t", CASES], "cannot be used with"),
        (&["test", "--template", "t", CASES], "--function <ID>"),
        (&["test", "--binary", "b", "--function", "f", CASES], "cannot be used with"),
    ] {
        run(arguments).ends(2, message);
    }
    run(&["test", "--binary", "no/such/bootstrap", CASES]).ends(4, "No such file");
}

#[test]
fn a_case_that_cannot_be_read_fails() {
    let folder = tempfile::tempdir().unwrap();
    write_case(folder.path(), "invalid", "x\n", "{}");
    let tested = test_faulty("none", folder.path(), &[]);
    tested.ends(6, "");
    let problem = "expected.json: has neither `records` nor `invocationError`";
    assert!(tested.stdout.contains(problem), "{}", tested.stdout);
}

#[test]
fn a_pipeline_is_tested_without_a_binary() {
    let folder = tempfile::tempdir().unwrap();
    let pipeline = folder.path().join("pipeline.yaml");
    fs::write(&pipeline, "steps:\n  - drop_if: .level == \"DEBUG\"\noutput: json\n").unwrap();
    let cases = folder.path().join("cases");
    write_case(
        &cases,
        "levels",
        "{\"level\":\"DEBUG\"}\n{\"level\":\"INFO\"}\n",
        r#"{"records": [{"result": "Dropped"}, {"result": "Ok", "json": {"level": "INFO"}}]}"#,
    );
    let (pipeline, cases) = (pipeline.to_str().unwrap(), cases.to_str().unwrap());
    let tested = run(&["test", "--pipeline", pipeline, cases]);
    tested.ends(0, "");
    assert_eq!(tested.stdout, "ok      levels\n\n1 case: 1 passed, 0 failed\n");
}
