use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use crate::firehose_local::{
    INTEGERS, Run, assert_gone, command, faulty, run, run_with, square_values,
};

#[test]
fn a_package_is_built_and_run() {
    let run = run(&["invoke", "--package", "square-values", INTEGERS]);
    run.ends(0, "6 answers: 6 Ok, 0 Dropped, 0 ProcessingFailed. The response keeps");
    assert!(run.stderr.contains(r#"Ok       {"a":1,"b":4,"c":9}"#), "{}", run.stderr);
    assert_eq!(run.response()["records"][0]["data"], "eyJhIjoxLCJiIjo0LCJjIjo5fQ==");
}

#[test]
fn a_failed_record_is_shown_with_its_cause_and_exit_code_0() {
    let event = "fixtures/square-values/mixed-batch/event.json";
    let run = run(&["invoke", "--binary", square_values(), event]);
    run.ends(0, "6 answers: 2 Ok, 0 Dropped, 4 ProcessingFailed. The response keeps");
    let cause =
        r#"ProcessingFailed                     key "b": expected a number, found a string"#;
    assert!(run.stderr.contains(cause), "{}", run.stderr);
}

#[test]
fn an_event_comes_from_standard_input_with_or_without_a_byte_order_mark() {
    for event in [r#"{"records": []}"#, "\u{feff}{\"records\": []}"] {
        let run = run_with(command(&["invoke", "--binary", square_values(), "-"]), event);
        run.ends(0, "0 answers");
        assert_eq!(run.stdout, "{\"records\":[]}\n");
    }
}

#[test]
fn an_input_that_is_not_an_event_is_a_function_error() {
    for (event, message) in [
        ("", "not a Firehose event: expected a value at line 1 column 1"),
        ("{", "not a Firehose event: expected a key in quotes at line 1 column 2"),
        ("[1]", "not a Firehose event: expected a JSON object, found an array"),
        ("{}", "not a Firehose event: `records` is missing; it must be an array"),
    ] {
        let run = run_with(command(&["invoke", "--binary", square_values(), "-"]), event);
        run.ends(3, &format!("the function failed: MalformedEvent: {message}"));
        assert_eq!(run.stdout, "");
    }
}

fn invoke_faulty(fault: &str) -> Run {
    // Functions that never answer get a short timeout. The others may be slow on a busy machine.
    let timeout = if matches!(fault, "hang" | "late" | "hang at start") { "1" } else { "60" };
    let mut command = command(&["invoke", "--timeout", timeout, "--binary", &faulty(), INTEGERS]);
    command.env("FAULT", fault);
    run_with(command, "")
}

#[test]
fn a_function_without_fault_keeps_the_contract() {
    invoke_faulty("none").ends(0, "6 answers: 6 Ok");
}

#[test]
fn a_broken_contract_is_exit_code_1_and_names_the_effect() {
    for (fault, message) in [
        ("garbage", "the response is not JSON: expected a value at line 1 column 1"),
        ("omits an id", "000005\": not answered\n    Firehose fails this record with"),
        ("repeats an id", "000000\": answered 2 times"),
        ("invents an id", "record \"new\": the event has no record with this id"),
        ("wrong result", r#"result is "OK"; it must be "Ok", "Dropped" or "ProcessingFailed""#),
        ("no data", "`data` is missing; it must be a base64 string"),
    ] {
        let run = invoke_faulty(fault);
        run.ends(1, message);
        assert!(run.stderr.contains("The response breaks Firehose's contract:"), "{fault}");
        assert_ne!(run.stdout, "", "{fault}: the response is not printed");
    }
}

#[test]
fn a_function_that_fails_is_exit_code_3() {
    for (fault, message) in [
        ("error", "the function failed: Faulty: told to fail"),
        ("exit", "the function ended without an answer (exit status: 7)"),
        ("hang", "the function did not answer within 1 s; raise the limit with --timeout"),
        ("late", "the function did not answer within 1 s"),
        ("too large", "bytes, more than Lambda's limit of 6291556"),
    ] {
        let run = invoke_faulty(fault);
        run.ends(3, message);
        assert_eq!(run.stdout, "", "{fault}");
    }
}

#[test]
fn a_function_that_does_not_start_is_exit_code_4() {
    for (fault, message) in [
        ("exit at start", "the function ended before it asked for an event (exit status: 7)"),
        ("hang at start", "the function did not ask for an event within 1 s"),
        ("init error", "the function could not initialize: Faulty: told to fail"),
    ] {
        invoke_faulty(fault).ends(4, message);
    }
}

fn write_script(path: &Path, text: &str, mode: u32) -> String {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn an_executable_that_cannot_run_is_exit_code_4() {
    let folder = tempfile::tempdir().unwrap();
    let script = write_script(&folder.path().join("script"), "#!/bin/sh\n", 0o644);
    let other = write_script(&folder.path().join("other"), "\x7fELF of another machine", 0o755);
    for (binary, message) in [
        ("no/such/bootstrap", "no/such/bootstrap: No such file or directory"),
        (script.as_str(), "Permission denied (os error 13); is it executable? (chmod +x)"),
        (other.as_str(), "Exec format error (os error 8); was it built for another machine?"),
    ] {
        run(&["invoke", "--binary", binary, INTEGERS]).ends(4, message);
    }
    run(&["invoke", "--package", "no-such-package", INTEGERS])
        .ends(4, "cargo build --package no-such-package failed");
    run(&["invoke", "--package", "firehose-core", INTEGERS])
        .ends(4, "cargo build made no executable with the name firehose-core");
}

#[test]
fn a_bootstrap_script_ends_with_its_child_processes() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let text =
        format!("#!/bin/sh\nsleep 600 &\necho $! > {}\n{}\n", pid.display(), square_values());
    let bootstrap = write_script(&folder.path().join("bootstrap"), &text, 0o755);
    run(&["invoke", "--binary", &bootstrap, INTEGERS]).ends(0, "6 answers: 6 Ok");
    assert_gone(fs::read_to_string(pid).unwrap().trim().parse().unwrap());
}

#[test]
fn child_processes_end_after_their_bootstrap() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let text = format!("#!/bin/sh\nsleep 600 &\necho $! > {}\nexit 7\n", pid.display());
    let bootstrap = write_script(&folder.path().join("bootstrap"), &text, 0o755);
    run(&["invoke", "--binary", &bootstrap, INTEGERS])
        .ends(4, "the function ended before it asked for an event (exit status: 7)");
    assert_gone(fs::read_to_string(pid).unwrap().trim().parse().unwrap());
}

#[test]
fn a_function_starts_in_its_task_root() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(square_values(), folder.path().join("real")).unwrap();
    let bootstrap =
        write_script(&folder.path().join("bootstrap"), "#!/bin/sh\nexec ./real\n", 0o755);
    run(&["invoke", "--binary", &bootstrap, INTEGERS]).ends(0, "6 answers: 6 Ok");
}

#[test]
fn a_response_that_cannot_be_written_is_exit_code_2() {
    let mut command = command(&["invoke", "--binary", square_values(), INTEGERS]);
    let status = command
        .stdout(fs::File::create("/dev/full").unwrap())
        .stderr(std::process::Stdio::null())
        .status();
    assert_eq!(status.unwrap().code(), Some(2));
}

#[test]
fn records_without_an_id_are_counted() {
    let event = r#"{"records": [{"recordId": "1", "data": ""}, 7]}"#;
    let run = run_with(command(&["invoke", "--binary", square_values(), "-"]), event);
    run.ends(0, "The event has 1 record without a recordId, which no answer can match.");
}

#[test]
fn the_error_of_a_function_cannot_control_the_terminal() {
    let run = invoke_faulty("error with escapes");
    run.ends(3, r"told to \u{1b}[2J\nfail");
    assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
}

#[test]
fn an_incomplete_response_is_a_function_error() {
    invoke_faulty("break off").ends(3, "the function ended without an answer (exit status: 7)");
}

#[test]
fn invalid_arguments_are_exit_code_2() {
    for (arguments, message) in [
        (&["invoke", INTEGERS][..], "required arguments were not provided"),
        (&["invoke", "--package", "a", "--binary", "b", INTEGERS], "cannot be used with"),
        (&["invoke", "--release", "--binary", "b", INTEGERS], "--package"),
        (&["invoke", "--binary", "b"], "<EVENT>"),
        (&["invoke", "--binary", "b", "--timeout", "0", INTEGERS], "0 is not in 1..=86400"),
        (&["invoke", "--binary", "b", "no-such.json"], "cannot read no-such.json"),
        (&["invoke", "--binary", "b", "fixtures"], "cannot read fixtures: Is a directory"),
        (
            &["invoke", "--url", "https://127.0.0.1/x/invocations", INTEGERS],
            "must start with http://",
        ),
        (
            &["invoke", "--url", "http://127.0.0.1:9000", INTEGERS],
            "must be the whole invocation URL",
        ),
        (&["deliver"], "unrecognized subcommand"),
    ] {
        run(arguments).ends(2, message);
    }
}
