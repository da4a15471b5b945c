//! The page about the keys of `--json`, compared with real outputs.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    firehose_local::{command, faulty, run, run_with, square_values},
    replay::Folder,
};

const PAGE: &str = include_str!("../../src/docs/json.md");

/// The objects whose keys depend on the data, and the names that the page has for these keys.
const DATA_KEYS: [(&str, &str); 5] = [
    ("failedByCode", "CODE"),
    ("before", "CODE"),
    ("failingByCode", "CODE"),
    ("causes", "ID"),
    ("partitionKeys", "KEY"),
];

/// A pipeline that leaves out items that fail.
const DROPS_ITEMS: &str = "{input: json_lines, on_error: drop_item}";

/// Returns the keys in the table of a section.
fn documented(section: &str) -> BTreeSet<String> {
    let (_, section) = PAGE.split_once(&format!("# {section}\n")).unwrap();
    let section = section.split("\n# ").next().unwrap();
    let keys = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    keys.map(str::to_owned).collect()
}

/// Adds the paths of a value and of all values in it, in the notation of the page.
fn add_paths(paths: &mut BTreeSet<String>, path: &str, value: &Value) {
    paths.insert(path.to_owned());
    match value {
        // The response of the function may have any keys.
        Value::Object(_) if path == "response" => {}
        Value::Object(members) => {
            let data_key = DATA_KEYS.iter().find(|(name, _)| path.ends_with(name));
            for (key, value) in members {
                let key = data_key.map_or(key.as_str(), |(_, name)| name);
                let separator = if path.is_empty() { "" } else { "." };
                add_paths(paths, &format!("{path}{separator}{key}"), value);
            }
        }
        Value::Array(items) => {
            let path = format!("{path}[]");
            paths.insert(path.clone());
            for item in items.iter().filter(|item| item.is_object()) {
                add_paths(paths, &path, item);
            }
        }
        _ => {}
    }
}

/// Asserts that a section has exactly the keys of these outputs.
#[track_caller]
fn assert_section_has_keys(section: &str, outputs: &[Value]) {
    let documented = documented(section);
    let mut paths = BTreeSet::new();
    outputs.iter().for_each(|output| add_paths(&mut paths, "", output));
    let outdated: Vec<_> = documented.difference(&paths).collect();
    assert!(outdated.is_empty(), "no output has these keys of {section}: {outdated:#?}");
    // The page needs no row for an object or a list that has rows for its content.
    let is_content = |rest: &str| rest.starts_with(['.', '[']);
    let has_row = |path: &String| {
        documented.contains(path)
            || documented.iter().any(|key| key.strip_prefix(path.as_str()).is_some_and(is_content))
    };
    let missing: Vec<_> = paths.iter().filter(|path| !path.is_empty() && !has_row(path)).collect();
    assert!(missing.is_empty(), "{section} has no row for these keys: {missing:#?}");
}

#[test]
fn the_page_has_every_key_of_run() {
    let folder = Folder::new();
    let to = folder.path("delivered");
    let numbers = "fixtures/delivery/numbers.jsonl";
    let arguments = ["run", "--json", "--delivery-stream", "demo", "--to", &to, "--binary"];
    let binary = run(&[&arguments[..], &[square_values(), numbers]].concat());
    assert_eq!(binary.code, 0, "{binary:#?}");
    let pipeline = folder.write("pipeline.yaml", DROPS_ITEMS);
    let arguments = [&arguments[..arguments.len() - 1], &["--pipeline", &pipeline, numbers]];
    let pipeline = run(&arguments.concat());
    assert_section_has_keys("`run`", &[binary.response(), pipeline.response()]);
}

#[test]
fn the_page_has_every_key_of_replay() {
    let folder = Folder::new();
    let (to, rest) = (folder.path("recovered"), folder.path("rest"));
    let lines = "fixtures/error-lines/numbers.jsonl";
    let arguments = ["replay", "--json", "--to", &to, "--rest", &rest, "--binary"];
    let binary = run(&[&arguments[..], &[square_values(), lines]].concat());
    assert_eq!(binary.code, 6, "{binary:#?}");
    let pipeline = folder.write("pipeline.yaml", DROPS_ITEMS);
    let pipeline = run(&["replay", "--json", "--pipeline", &pipeline, lines]);
    let unknown = folder.write("unknown", r#"{"rawData":"YQ=="}"#);
    let undecided = run(&["replay", "--json", "--binary", square_values(), &unknown]);
    let summaries = [binary.response(), pipeline.response(), undecided.response()];
    assert_section_has_keys("`replay`", &summaries);
}

#[test]
fn the_page_has_every_key_of_event() {
    let folder = Folder::new();
    let lines = command(&["event", "--cloudwatch-logs"]);
    let logs = folder.write("logs.json", &run_with(lines, "a\n").stdout);
    let response = r#"{"records": [
        {"recordId": "1", "result": "Ok", "data": "eyJhIjogMS4wfQ=="},
        {"recordId": "2", "result": "Ok", "data": "eA=="},
        {"recordId": "3", "result": "Ok", "data": "/wA="},
        {"recordId": "4", "result": "Ok", "data": "?"}
    ]}"#;
    let outputs = [
        run(&["event", "--json", "--decode", &logs]).response(),
        run_with(command(&["event", "--json", "--decode", "-"]), response).response(),
    ];
    // Payloads may have any keys.
    let without_payloads = outputs.map(|mut output| {
        for record in output["records"].as_array_mut().unwrap() {
            if let Some(payload) = record.get_mut("json") {
                *payload = Value::Null;
            }
            if let Some(events) = record.get_mut("logEvents") {
                *events = Value::Array(Vec::new());
            }
        }
        output
    });
    assert_section_has_keys("`event --decode`", &without_payloads);
}

#[test]
fn the_page_has_every_key_of_test() {
    let folder = Folder::new();
    let make = |name: &str, expected: Option<&str>| {
        let case = folder.path(name);
        run_with(command(&["event", "--case", &case]), "{\"a\": 2}\n").ends(0, "");
        if let Some(expected) = expected {
            std::fs::write(format!("{case}/expected.json"), expected).unwrap();
        }
    };
    make("cases/differs", Some(r#"{"records": [{"result": "Ok", "json": {"a": 5}}]}"#));
    make("cases/invalid", Some("{}"));
    make("new/case", None);
    let test = |cases: &str, update: &[&str]| {
        let path = folder.path(cases);
        let arguments = ["test", "--json", "--binary", square_values(), &path];
        run(&[&arguments[..], update].concat()).response()
    };
    assert_section_has_keys("`test`", &[test("cases", &[]), test("new", &["--update"])]);
}

#[test]
fn the_page_has_every_key_of_doctor() {
    let naive = "fixtures/doctor/naive-python";
    let run = run(&["doctor", "--json", "--handler", "app.handler", "--code", naive]);
    assert_eq!(run.code, 6, "{run:#?}");
    assert_section_has_keys("`doctor`", &[run.response()]);
}

/// The costs need the CPU time and the memory of a process, which `size` reads from Linux.
#[test]
#[cfg(target_os = "linux")]
fn the_page_has_every_key_of_size() {
    let numbers = "fixtures/delivery/numbers.jsonl";
    let run = run(&["size", "--json", "--repeat", "1", "--binary", square_values(), numbers]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert_section_has_keys("`size`", &[run.response()]);
}

#[test]
fn the_page_has_every_key_of_invoke_and_check() {
    let folder = Folder::new();
    let event = r#"{"records": [{"recordId": "1", "data": ""}]}"#;
    let response = folder.write("response.json", r#"{"records": []}"#);
    let other = folder.write("event.json", event);
    let ok = r#"{"records": [{"recordId": "1", "result": "Ok", "data": ""}]}"#;
    let ok = folder.write("ok.json", ok);
    let mut failing = command(&["invoke", "--json", "--binary", &faulty(), "-"]);
    failing.env("FAULT", "error");
    let mixed = "fixtures/square-values/mixed-batch/event.json";
    let pipeline = folder.write("pipeline.yaml", DROPS_ITEMS);
    let outputs = [
        run(&["invoke", "--json", "--pipeline", &pipeline, mixed]),
        run(&["invoke", "--json", "--binary", square_values(), mixed]),
        run_with(command(&["check", "--json", "-", &response]), event),
        run(&["check", "--json", "--prefix", "!{partitionKeyFromLambda:k}/", &other, &ok]),
        run_with(failing, event),
    ];
    assert_section_has_keys("`invoke` and `check`", &outputs.map(|run| run.response()));
}

#[test]
fn the_page_has_every_key_of_pipeline_check() {
    let folder = Folder::new();
    let valid = folder.write("valid.yaml", DROPS_ITEMS);
    let invalid = folder.write("invalid.yaml", "input: jsonl");
    let run = run(&["pipeline", "check", "--json", &valid, &invalid]);
    assert_eq!(run.code, 2, "{run:#?}");
    assert_section_has_keys("`pipeline check`", &[run.response()]);
}
