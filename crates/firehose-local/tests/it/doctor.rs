//! `doctor` on the handlers of `fixtures/doctor`. A folder there has a handler, `app.py` or `app.mjs`,
//! and the file `expected` with its exit code, its findings and the verdicts of the attacks. The files
//! `arguments` and `records.jsonl` are optional. `UPDATE_FIXTURES=1` writes `expected`.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

use serde_json::Value;

use crate::{
    firehose_local::{Run, command, run_with, square_values, workspace},
    handlers::run_in,
};

/// Runs `doctor --json` with these arguments.
fn examine(folder: &Path, arguments: &[&str]) -> (Run, Value) {
    let run = run_in(folder, &[&["doctor", "--json"], arguments].concat());
    let report =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
    (run, report)
}

fn texts<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    list.as_array().into_iter().flatten().map(|it| it[key].as_str().unwrap()).collect()
}

/// Returns the text of `expected` for a report.
fn summary(run: &Run, report: &Value) -> String {
    let mut text = format!("exit code: {}\n", run.code);
    if let Some(error) = report["error"].as_str() {
        let _ = writeln!(text, "error: {}", error.lines().next().unwrap());
        return text;
    }
    for finding in report["findings"].as_array().unwrap() {
        let mut attacks = vec![finding["evidence"]["attack"].as_str().unwrap()];
        attacks.extend(
            finding["otherAttacks"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()),
        );
        let _ =
            writeln!(text, "finding: {} ({})", finding["id"].as_str().unwrap(), attacks.join(", "));
    }
    let mut verdicts = BTreeMap::<&str, Vec<&str>>::new();
    for attack in report["attacks"].as_array().unwrap() {
        let verdict = attack["verdict"].as_str().unwrap();
        verdicts.entry(verdict).or_default().push(attack["name"].as_str().unwrap());
    }
    for (verdict, name) in [("held", "held"), ("none", "no verdict")] {
        let attacks = verdicts.remove(verdict).unwrap_or_default();
        let _ = writeln!(text, "{name}: {}", attacks.join(", "));
    }
    text
}

/// Examines the handler of a fixture in a copy of its folder. Returns the difference to `expected`.
fn check(fixture: &Path) -> Result<(), String> {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(fixture).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    let more = fs::read_to_string(fixture.join("arguments")).unwrap_or_default();
    let mut arguments = vec!["--handler", "app.handler"];
    arguments.extend(more.split_whitespace());
    if fixture.join("records.jsonl").exists() {
        arguments.extend(["--records", "records.jsonl"]);
    }
    let (run, report) = examine(copy.path(), &arguments);
    let actual = summary(&run, &report);
    let path = fixture.join("expected");
    if env::var_os("UPDATE_FIXTURES").is_some() {
        fs::write(path, actual).unwrap();
        return Ok(());
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if actual == expected {
        return Ok(());
    }
    let findings = serde_json::to_string_pretty(&report).unwrap();
    Err(format!("{}:\nexpected:\n{expected}\nactual:\n{actual}\n{findings}", fixture.display()))
}

#[test]
fn each_handler_has_exactly_the_expected_findings() {
    let folder = workspace().join("fixtures/doctor");
    let folders = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut fixtures: Vec<PathBuf> = folders.filter(|path| path.is_dir()).collect();
    fixtures.sort();
    assert!(fixtures.len() >= 30, "only {} fixtures", fixtures.len());
    let (open, failures) = (Mutex::new(fixtures), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(fixture) = { open.lock().unwrap().pop() } {
                    if let Err(failure) = check(&fixture) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn functions_of_this_project_have_no_finding() {
    let root = workspace();
    for arguments in
        [["--binary", square_values()], ["--pipeline", "examples/pipeline/pipeline.yaml"]]
    {
        let (run, report) = examine(&root, &arguments);
        assert_eq!(run.code, 0, "{report:#?}");
        assert_eq!(report["findings"], Value::Array(Vec::new()));
        assert_eq!(report["attacks"].as_array().unwrap().len(), 29);
    }
}

#[test]
fn a_template_names_the_function_and_its_source() {
    let folder = crate::handlers::copied("sam-python");
    let (run, report) = examine(folder.path(), &["--template", "template.yaml"]);
    assert_eq!(report["function"], "ConvertFunction", "{run:#?}");
    assert!(report["sample"].as_str().unwrap().contains("celsius"), "{report:#?}");
    assert_eq!(texts(&report["findings"], "id"), ["no-size-guard"]);
    let attacks = report["attacks"].as_array().unwrap();
    let msk = attacks.iter().find(|attack| attack["name"] == "msk-source").unwrap();
    assert_eq!(msk["note"], "the delivery stream has another source");
    let by_id =
        examine(folder.path(), &["--template", "template.yaml", "--only", "ConvertFunction"]);
    assert_eq!(texts(&by_id.1["findings"], "id"), ["no-size-guard"]);
    let unknown =
        run_in(folder.path(), &["doctor", "--template", "template.yaml", "--only", "Other"]);
    unknown.ends(2, "no delivery stream has the name or the logical id Other");
}

#[test]
fn a_sample_of_the_user_is_learned() {
    let fixture = workspace().join("fixtures/doctor/naive-python");
    let folder = tempfile::tempdir().unwrap();
    let records = folder.path().join("records");
    fs::write(&records, "{\"a\": 1}\nnot JSON\n{\"a\": 2}\n").unwrap();
    let records = records.to_str().unwrap();
    // The naive handler fails for the whole event.
    let all = ["doctor", "--handler", "app.handler", "--records", records];
    run_in(&fixture, &all).ends(3, "the function answers no sample with Ok");
    fs::write(records, "{\"a\": 1}\n").unwrap();
    let (_, report) = examine(&fixture, &all[1..]);
    assert!(report["sample"].as_str().unwrap().starts_with("given: JSON"), "{report:#?}");
    assert_eq!(texts(&report["findings"], "id"), ["bad-record-fails-batch", "no-size-guard"]);
    let event = folder.path().join("event.json");
    let made = run_with(command(&["event", "--source", "kinesis"]), "{\"a\": 1}\n");
    fs::write(&event, made.stdout).unwrap();
    let event = ["--handler", "app.handler", "--event", event.to_str().unwrap()];
    let (_, report) = examine(&fixture, &event);
    assert!(report["sample"].as_str().unwrap().ends_with("Kinesis stream"), "{report:#?}");
}

#[test]
fn reports_go_to_files() {
    let fixture = workspace().join("fixtures/doctor/naive-python");
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (junit, markdown) = (path("junit.xml"), path("doctor.md"));
    let handler = ["doctor", "--handler", "app.handler"];
    let reports = ["--junit", &junit, "--markdown", &markdown];
    let run = run_in(&fixture, &[&handler[..], &reports].concat());
    run.ends(6, "");
    assert!(
        run.stdout.contains("\nbad-record-fails-batch: One bad record fails the whole batch\n")
    );
    assert!(
        run.stdout.contains("  mend    Put everything that is done for one record into `try:`")
    );
    let junit = fs::read_to_string(junit).unwrap();
    assert!(junit.contains(r#"<testcase name="not-json""#), "{junit}");
    assert!(junit.contains("<failure message=\"bad-record-fails-batch\""), "{junit}");
    let markdown = fs::read_to_string(markdown).unwrap();
    assert!(markdown.starts_with("## `app.handler`: 2 findings\n"), "{markdown}");
    let both = run_in(&fixture, &[&handler[..], &["--junit", "x", "--markdown", "x"]].concat());
    both.ends(2, "choose another path for one of them");
}

/// A handler that keeps a sample of the records, whose choice differs each time.
const SAMPLER: &str = r#"
import random


def handler(event, context):
    def answer(record):
        if random.random() < 0.5:
            return {"recordId": record["recordId"], "result": "Dropped"}
        return {"recordId": record["recordId"], "result": "Ok", "data": record.get("data", "")}

    return {"records": [answer(record) for record in event["records"]]}
"#;

#[test]
fn differences_by_chance_are_no_findings() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("app.py"), SAMPLER).unwrap();
    let (run, report) = examine(folder.path(), &["--handler", "app.handler"]);
    let findings = texts(&report["findings"], "id");
    // An answer with `data` to an event of Amazon MSK is a fault of this short handler.
    assert!(findings.iter().all(|id| *id == "msk-shape"), "{run:#?}");
}
