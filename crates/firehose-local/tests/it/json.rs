//! The output of `--json`.

use serde_json::{Value, json};

use crate::firehose_local::{INTEGERS, Run, command, faulty, run, run_with, square_values};

const MIXED: &str = "fixtures/square-values/mixed-batch/event.json";

fn printed(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_kept_contract_has_the_response_and_the_causes() {
    let plain = run(&["invoke", "--binary", square_values(), MIXED]).response();
    let run = run(&["invoke", "--json", "--binary", square_values(), MIXED]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(!run.stderr.contains("record id"), "a table in {}", run.stderr);
    let mut verdict = printed(&run);
    let causes = verdict["causes"].take();
    assert_eq!(causes.as_object().unwrap().len(), 4, "{causes}");
    assert_eq!(causes["without-data"], "`data` is missing");
    let expected = json!({
        "contractKept": true,
        "answers": {"ok": 2, "dropped": 0, "processingFailed": 4},
        "violations": [],
        "exitCode": 0,
        "response": plain,
        "causes": null,
    });
    assert_eq!(verdict, expected);
}

#[test]
fn a_broken_contract_has_each_violation() {
    let event = r#"{"records": [{"recordId": "1", "data": ""}, {"recordId": "2", "data": ""}]}"#;
    let folder = tempfile::tempdir().unwrap();
    let response = folder.path().join("response.json");
    std::fs::write(&response, r#"{"records": [{"recordId": "1", "result": "Dropped"}, 7]}"#)
        .unwrap();
    let response = response.to_str().unwrap();
    let run = run_with(command(&["check", "--json", "-", response]), event);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    insta::assert_snapshot!(run.stdout, @r#"
    {
      "exitCode": 1,
      "contractKept": false,
      "answers": {
        "ok": 0,
        "dropped": 1,
        "processingFailed": 0
      },
      "violations": [
        {
          "message": "records[1] is a number, not an object",
          "effect": "Firehose cannot read the response; AWS does not document the effect, and this check assumes that the whole batch fails with Lambda.FunctionError"
        },
        {
          "message": "record \"2\": not answered",
          "effect": "Firehose fails this record with Lambda.MissingRecordId, without a retry",
          "recordId": "2"
        }
      ]
    }
    "#);
}

#[test]
fn a_response_that_is_not_json_is_text() {
    let mut command = command(&["invoke", "--json", "--binary", &faulty(), INTEGERS]);
    command.env("FAULT", "garbage");
    let run = run_with(command, "");
    assert_eq!(run.code, 1, "{run:#?}");
    let verdict = printed(&run);
    assert!(verdict["response"].is_string(), "{verdict}");
    assert_eq!(verdict["violations"].as_array().unwrap().len(), 1, "{verdict}");
}

#[test]
fn an_error_before_the_verdict_is_json() {
    let mut failing = command(&["invoke", "--json", "--binary", &faulty(), INTEGERS]);
    failing.env("FAULT", "error");
    for (run, code, error) in [
        (run_with(failing, ""), 3, "the function failed: Faulty: told to fail"),
        (run(&["invoke", "--json", "--binary", "no/such", INTEGERS]), 4, "cannot start no/such: "),
        (
            run(&["invoke", "--json", "--binary", "no/such", "none.json"]),
            2,
            "cannot read none.json",
        ),
        (run(&["check", "--json", "none.json", "-"]), 2, "cannot read none.json"),
    ] {
        run.ends(code, error);
        let verdict = printed(&run);
        assert_eq!(verdict["exitCode"], code);
        assert!(verdict["error"].as_str().unwrap().starts_with(error), "{verdict}");
        assert_eq!(verdict.as_object().unwrap().len(), 2, "{verdict}");
    }
}

#[test]
fn an_error_before_the_work_is_json() {
    for command in [
        ["run", "--template", "nowhere.yaml"].as_slice(),
        &["replay", "--binary", "b", "nowhere"],
        &["size", "--binary", "b", "nowhere"],
    ] {
        let run = run(&[command, &["--json"]].concat());
        assert_eq!(run.code, 2, "{run:#?}");
        let verdict = printed(&run);
        assert_eq!(verdict["exitCode"], 2);
        let error = verdict["error"].as_str().unwrap();
        assert!(error.contains("nowhere") && run.stderr.contains(error), "{run:#?}");
    }
}

#[test]
fn an_error_in_the_arguments_is_json() {
    for command in ["check", "event", "invoke", "replay", "run", "size", "test", "try"] {
        let run = run(&[command, "--json", "--no-such-option"]);
        assert_eq!(run.code, 2, "{run:#?}");
        let verdict = printed(&run);
        assert_eq!(verdict["exitCode"], 2);
        let error = verdict["error"].as_str().unwrap();
        assert!(error.contains("--no-such-option") && run.stderr.contains(error), "{run:#?}");
        assert_eq!(verdict.as_object().unwrap().len(), 2, "{verdict}");
    }
    let run = run(&["pipeline", "check", "--json"]);
    assert_eq!((run.code, &printed(&run)["exitCode"]), (2, &json!(2)), "{run:#?}");
    // The help is not an error.
    let help = crate::firehose_local::run(&["run", "--json", "--help"]);
    assert!(help.code == 0 && help.stdout.contains("Usage:"), "{help:#?}");
}
