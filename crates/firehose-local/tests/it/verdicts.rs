//! `check`, `invoke`, `run`, `replay` and the fixtures judge a response alike.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use proptest::{collection::vec, prelude::*, sample::select};
use serde::Deserialize;
use serde_json::Value;

use crate::firehose_local::{Run, run, workspace};

/// A function behind a URL that answers events of two records. In its response template, `$1` and
/// `$2` stand for the record ids.
#[derive(Clone, Default)]
struct Function(Arc<Mutex<Answered>>);

/// The response template, and the last event with its response.
#[derive(Clone, Default)]
struct Answered {
    template: String,
    event: String,
    response: String,
}

impl Function {
    /// Starts the function, and returns its URL.
    fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let function = self.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                function.answer(connection.unwrap());
            }
        });
        format!("http://{address}/2015-03-31/functions/f/invocations")
    }

    fn answer(&self, mut connection: TcpStream) {
        let mut request = BufReader::new(connection.try_clone().unwrap());
        let mut length = 0;
        let mut line = String::new();
        while request.read_line(&mut line).unwrap() > 2 {
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        if length == 0 {
            // `firehose-local` connects once to see whether a function listens.
            return;
        }
        let mut body = vec![0; length];
        request.read_exact(&mut body).unwrap();
        let event = String::from_utf8(body).unwrap();
        let ids: Value = serde_json::from_str(&event).unwrap();
        let id = |index: usize| ids["records"][index]["recordId"].as_str().unwrap().to_owned();
        let mut answered = self.0.lock().unwrap();
        let response = answered.template.replace("$1", &id(0)).replace("$2", &id(1));
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length:";
        write!(connection, "{head} {}\r\n\r\n{response}", response.len()).unwrap();
        (answered.event, answered.response) = (event, response);
    }

    /// Sets the response to later events.
    fn respond(&self, template: &str) {
        self.0.lock().unwrap().template = template.to_owned();
    }

    fn answered(&self) -> Answered {
        self.0.lock().unwrap().clone()
    }
}

/// Generates a field of an answer: a valid value, a value of another type, or no field.
fn field(name: &'static str, valid: &'static [&'static str]) -> impl Strategy<Value = String> {
    const OTHER: &[&str] = &["null", "1", "true", "[]", "{}", r#""""#, r#""?""#, r#""\ud800""#];
    let value = prop_oneof![
        9 => select(valid).prop_map(Some),
        1 => select(OTHER).prop_map(Some),
        1 => Just(None),
    ];
    value.prop_map(move |it| it.map_or(String::new(), |it| format!(r#""{name}": {it},"#)))
}

fn answer(ids: &'static [&'static str]) -> impl Strategy<Value = String> {
    const METADATA: &[&str] = &[
        "{}",
        r#"{"partitionKeys": {"k": "v"}}"#,
        r#"{"partitionKeys": {"k": 7}}"#,
        r#"{"partitionKeys": {"k": null}}"#,
        r#"{"partitionKeys": []}"#,
        r#"{"partitionKeys": {"k": "\ud800"}}"#,
        r#"{"partitionKeys": {"\ud800": "v"}}"#,
        r#"{"partitionKeys": {"k": []}, "otfMetadata": 1}"#,
        r#"{"otfMetadata": {"destinationTableName": "t"}}"#,
        r#"{"otfMetadata": {"operation": "\ud800"}}"#,
    ];
    let metadata = prop_oneof![2 => Just(String::new()), 1 => field("metadata", METADATA)];
    let fields = (
        field("recordId", ids),
        field("result", &[r#""Ok""#, r#""Dropped""#, r#""ProcessingFailed""#]),
        field("data", &[r#""YQ==""#, r#""""#]),
        metadata,
    );
    let object = fields.prop_map(|(id, result, data, metadata)| {
        format!("{{{}}}", format!("{id}{result}{data}{metadata}").trim_end_matches(','))
    });
    prop_oneof![20 => object, 1 => select(&["null", "1", "[]"][..]).prop_map(str::to_owned)]
}

fn response() -> impl Strategy<Value = String> {
    const OTHER: &[&str] = &[
        "",
        "{",
        "[]",
        "{}",
        r#"{"records": null}"#,
        r#"{"records": 1}"#,
        r#"{"records": {}}"#,
        r#"{"records": []} x"#,
        r#"{"records": 1, "records": []}"#,
    ];
    const ANY: &[&str] = &[r#""$1""#, r#""$2""#, r#""3""#];
    let answers = prop_oneof![
        2 => (answer(&[r#""$1""#]), answer(&[r#""$2""#])).prop_map(|(one, two)| vec![one, two]),
        1 => vec(answer(ANY), 0..4),
    ];
    let answers = answers.prop_map(|answers| format!(r#"{{"records": [{}]}}"#, answers.join(",")));
    prop_oneof![20 => answers, 1 => select(OTHER).prop_map(str::to_owned)]
}

/// The part of the verdict of `invoke` that does not repeat the response. The response may have half
/// of a surrogate pair, which `Value` cannot hold.
#[derive(Deserialize)]
struct Invoked {
    violations: Value,
}

/// Returns `true` if a delivery says that the response keeps the contract. Otherwise the delivery
/// shows a violation.
fn keeps_contract(run: &Run, violations: &[Value]) -> bool {
    // 6: the contract is kept, and records still fail.
    assert!(matches!(run.code, 0 | 1 | 6), "{run:?}");
    let is_shown = |it: &Value| run.stderr.contains(it["message"].as_str().unwrap());
    assert_eq!(run.code == 1, violations.iter().any(is_shown), "{run:?}");
    run.code != 1
}

#[test]
fn all_commands_and_the_fixtures_judge_a_response_alike() {
    let function = Function::default();
    let url = function.start();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).into_os_string().into_string().unwrap();
    let [input, errors, event, answer, store] =
        ["input", "errors.jsonl", "event.json", "response.json", "store"].map(path);
    fs::write(&input, "1\n2\n").unwrap();
    let lines = fs::read_to_string(workspace().join("fixtures/error-lines/numbers.jsonl")).unwrap();
    let two: Vec<_> = lines.lines().take(2).collect();
    fs::write(&errors, two.join("\n")).unwrap();

    let config = ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() };
    proptest!(config, |(template in response())| {
        function.respond(&template);
        let delivery =
            run(&["run", "--json", "--delivery-stream", "d", "--url", &url, "--to", &store, &input]);
        let Answered { event: sent, response, .. } = function.answered();
        fs::write(&event, &sent).unwrap();
        fs::write(&answer, &response).unwrap();
        let check = run(&["check", "--json", &event, &answer]);
        let invoke = run(&["invoke", "--json", "--url", &url, &event]);
        let replay = run(&["replay", "--json", "--url", &url, &errors]);

        let verdict = check.response();
        let is_kept = verdict["contractKept"].as_bool().unwrap();
        prop_assert_eq!(check.code != 1, is_kept);
        let invoked: Invoked = serde_json::from_str(&invoke.stdout).unwrap();
        prop_assert_eq!(&invoked.violations, &verdict["violations"]);
        prop_assert_eq!(invoke.code, check.code);

        let (run, again) = (delivery.response(), replay.response());
        let run = &run["deliveryStreams"][0];
        let counts = |summary: &Value, names: [&str; 4]| names.map(|name| summary[name].as_u64());
        prop_assert_eq!(
            counts(run, ["delivered", "dropped", "failed", "ignoredAnswers"]),
            counts(&again, ["recovered", "dropped", "stillFailing", "ignoredAnswers"])
        );
        prop_assert_eq!(&run["failedByCode"], &again["failingByCode"]);
        let violations = verdict["violations"].as_array().unwrap();
        prop_assert_eq!(keeps_contract(&delivery, violations), is_kept);
        prop_assert_eq!(replay.code != 1, is_kept, "{:?}", replay);
        if is_kept {
            prop_assert_eq!(
                ["delivered", "dropped", "failed"].map(|name| &run[name]),
                ["ok", "dropped", "processingFailed"].map(|name| &verdict["answers"][name])
            );
        }

        match firehose_fixtures::check_response(&sent, response.as_bytes()) {
            Ok(()) => prop_assert!(is_kept),
            Err(problem) if problem.contains("not in the order") => prop_assert!(is_kept),
            Err(problem) => {
                for violation in violations {
                    let message = violation["message"].as_str().unwrap();
                    prop_assert!(problem.contains(message), "no {} in {}", message, problem);
                }
                prop_assert!(!is_kept);
            }
        }
    });
}
