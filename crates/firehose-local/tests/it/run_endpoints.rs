//! Deliveries to endpoints: HTTP endpoints, Splunk and OpenSearch.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Child, Stdio},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    delivery::{interrupt_twice, wait_until},
    firehose_local::{Run, command, run, run_with, square_values},
    receiver::{Reaction, Received, Receiver},
};

/// The name of a section and its properties, one in each line.
type Section = (&'static str, &'static [&'static str]);

const HTTP: Section = (
    "HttpEndpoint",
    &["EndpointConfiguration: {Url: 'https://intake.example', AccessKey: s3cret-key}"],
);
const SPLUNK: Section = (
    "Splunk",
    &["HECEndpoint: https://hec.example:8088", "HECEndpointType: Raw", "HECToken: s3cret-token"],
);
const OPEN_SEARCH: Section = ("Amazonopensearchservice", &["IndexName: logs"]);

/// Writes a template with one delivery stream, `Stream`. Returns its path.
fn template(folder: &Path, (section, properties): Section) -> String {
    let s3 = "S3Configuration: {BucketARN: 'arn:aws:s3:::b', RoleARN: r, \
              ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/'}";
    let lines = [&[s3], properties].concat().join("\n        ");
    let text = format!(
        "Resources:
  Stream:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      {section}DestinationConfiguration:
        {lines}
"
    );
    let path = folder.join("template.yaml");
    fs::write(&path, text).unwrap();
    path.into_os_string().into_string().unwrap()
}

/// The result of a run with `--json`.
struct Delivered {
    run: Run,
    summary: Value,
    /// The contents of the objects, by key.
    objects: BTreeMap<String, String>,
}

impl Delivered {
    fn stream(&self, key: &str) -> &Value {
        &self.summary["deliveryStreams"][0][key]
    }

    /// Asserts that each of these records has one outcome, and that no output has a credential.
    #[track_caller]
    fn assert_accounted(&self, records: u64) {
        let counts = ["delivered", "dropped", "failed", "notDelivered"];
        let sum: u64 = counts.iter().map(|it| self.stream(it).as_u64().unwrap()).sum();
        let counts = (self.stream("records").as_u64(), sum);
        assert_eq!(counts, (Some(records), records), "{:#}", self.summary);
        assert!(!format!("{:?}", self.run).contains("s3cret"), "{:#?}", self.run);
    }
}

/// Adds the contents of the files below a folder, by their paths.
fn add_objects(folder: &Path, path: &str, to: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let path = format!("{path}{}", entry.file_name().into_string().unwrap());
        match entry.file_type().unwrap().is_dir() {
            true => add_objects(&entry.path(), &format!("{path}/"), to),
            false => drop(to.insert(path, fs::read_to_string(entry.path()).unwrap())),
        }
    }
}

/// Runs the template of a section with this input.
fn deliver(section: Section, arguments: &[&str], input: &str) -> Delivered {
    let folder = tempfile::tempdir().unwrap();
    let template = template(folder.path(), section);
    let to = folder.path().join("out");
    let mut all = vec!["run", "--json", "--template", &template, "--to", to.to_str().unwrap()];
    all.extend(arguments);
    all.push("-");
    let run = run_with(command(&all), input);
    let mut objects = BTreeMap::new();
    add_objects(&to, "", &mut objects);
    Delivered { summary: serde_json::from_str(&run.stdout).unwrap_or_default(), run, objects }
}

fn endpoint(receiver: &Receiver) -> String {
    format!("Stream={}", receiver.url)
}

/// Accepts the records as each kind of endpoint does.
fn take(request: &Received) -> Value {
    if request.path.contains("/ack") {
        return json!({"acks": {"7": true}});
    }
    if request.path.contains("/services/collector") {
        return json!({"text": "Success", "code": 0, "ackId": 7});
    }
    if request.path.ends_with("/_bulk") {
        let documents = request.body.iter().filter(|byte| **byte == b'\n').count() / 2;
        return json!({"errors": false, "items": vec![json!({"index": {"status": 201}}); documents]});
    }
    request.taken()
}

/// `assert_accounted` also looks for the credentials in the output.
#[test]
fn a_credential_that_an_endpoint_repeats_is_not_shown() {
    for section in [HTTP, SPLUNK] {
        let echo = |request: &Received| Reaction::Json(403, json!({"text": request.head}));
        let receiver = Receiver::new(echo);
        let arguments = ["--endpoint", &endpoint(&receiver), "--endpoint-retries", "0"];
        let found = deliver(section, &arguments, "{}\n");
        found.assert_accounted(1);
        assert!(found.run.stderr.contains("[hidden]"), "{}", found.run.stderr);
        let objects = found.objects.values().cloned().collect::<String>();
        assert!(objects.contains("[hidden]") && !objects.contains("s3cret"), "{objects}");
    }
}

#[test]
fn an_http_endpoint_gets_the_records_and_the_access_key() {
    let receiver = Receiver::new(|request| Reaction::Json(200, take(request)));
    let found = deliver(HTTP, &["--endpoint", &endpoint(&receiver)], "one\n\ntwo\n");
    assert_eq!(found.run.code, 0, "{:#?}", found.run);
    found.assert_accounted(3);
    assert!(found.objects.is_empty(), "{:?}", found.objects);
    assert_eq!(found.stream("destination"), "http-endpoint");
    let counts = ["delivered", "requests", "requestAttempts", "requestBytes"];
    assert_eq!(counts.map(|it| found.stream(it).as_u64().unwrap()), [3, 1, 1, 6]);
    let [request] = &receiver.received()[..] else { panic!("{:?}", receiver.received()) };
    for header in [
        "x-amz-firehose-access-key: s3cret-key",
        "x-amz-firehose-protocol-version: 1.0",
        "x-amz-firehose-source-arn: arn:aws:firehose:us-east-1:123456789012:deliverystream/stream",
        "user-agent: amazon kinesis data firehose agent/1.0",
        "content-type: application/json",
    ] {
        assert!(request.head.contains(&format!("{header}\r\n")), "{header} in {}", request.head);
    }
    let body = request.json();
    let records = body["records"].as_array().unwrap().iter();
    let data: Vec<_> =
        records.map(|it| STANDARD.decode(it["data"].as_str().unwrap()).unwrap()).collect();
    assert_eq!(data, [&b"one"[..], b"", b"two"]);
}

#[test]
fn each_fault_of_an_endpoint_accounts_for_every_record() {
    let no = json!({"errorMessage": "no"});
    let faults: [(&str, Reaction); 8] = [
        ("malformed JSON", Reaction::Text("{\"requestId\":".to_owned())),
        ("another id", Reaction::Json(200, json!({"requestId": "x", "timestamp": 1}))),
        ("400", Reaction::Json(400, no.clone())),
        ("413", Reaction::Json(413, no.clone())),
        ("500", Reaction::Json(500, no.clone())),
        ("302", Reaction::Json(302, no)),
        ("half an answer", Reaction::HalfAnAnswer),
        ("close", Reaction::Close),
    ];
    for section in [HTTP, SPLUNK, OPEN_SEARCH] {
        for (name, reaction) in &faults {
            let reaction = reaction.clone();
            let receiver = Receiver::new(move |_| reaction.clone());
            let arguments = ["--endpoint", &endpoint(&receiver), "--endpoint-retries", "0"];
            let found = deliver(section, &arguments, "{\"a\":1}\n{\"a\":2}\n");
            assert_eq!(found.run.code, 0, "{name}: {:#?}", found.run);
            found.assert_accounted(2);
            assert_eq!((found.stream("failed"), receiver.received().len()), (&json!(2), 1));
            let [(key, lines)] = Vec::from_iter(&found.objects)[..] else { panic!("{name}") };
            assert!(key.starts_with("errors/") && lines.lines().count() == 2, "{key}: {lines}");
            assert!(found.run.stderr.contains("the records go to the error output"), "{name}");
        }
    }
}

#[test]
fn records_that_no_server_takes_are_replayed_unchanged() {
    let down = Receiver::down();
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--endpoint", &endpoint(&down), "--endpoint-retries", "1", "--fail-on-failed"];
    for (section, code) in [
        (HTTP, "HttpEndpoint.ConnectionFailed"),
        (SPLUNK, "Splunk.InvalidEndpoint"),
        (OPEN_SEARCH, "OS.ConnectionFailed"),
    ] {
        let found = deliver(section, &arguments, "{\"a\":3}\n");
        assert_eq!(found.run.code, 6, "{:#?}", found.run);
        found.assert_accounted(1);
        assert_eq!(*found.stream("failedByCode"), json!({ code: 1 }));
        let (_, line) = found.objects.first_key_value().unwrap();
        assert!(serde_json::from_str::<Value>(line).unwrap()["attemptsMade"].as_u64() > Some(1));
        let (lines, to) = (folder.path().join("errors.jsonl"), folder.path().join(section.0));
        fs::write(&lines, line).unwrap();
        let (lines, to_text) = (lines.to_str().unwrap(), to.to_str().unwrap());
        run(&["replay", "--binary", square_values(), "--to", to_text, lines]).ends(0, "");
        let mut objects = BTreeMap::new();
        add_objects(&to, "", &mut objects);
        assert_eq!(objects.into_values().collect::<Vec<_>>(), ["{\"a\":3}"]);
    }
}

#[test]
fn a_slow_endpoint_and_one_that_fails_at_first_get_every_record() {
    for section in [HTTP, SPLUNK, OPEN_SEARCH] {
        let count = std::sync::atomic::AtomicU64::new(0);
        let receiver = Receiver::new(move |request| {
            match count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 => Reaction::Json(503, json!({"errorMessage": "busy"})),
                1 => Reaction::Slow(300, take(request)),
                _ => Reaction::Json(200, take(request)),
            }
        });
        let found = deliver(section, &["--endpoint", &endpoint(&receiver)], "{}\n{\"a\":2}\n");
        assert_eq!(found.run.code, 0, "{:#?}", found.run);
        found.assert_accounted(2);
        let counts = ["delivered", "requests", "requestAttempts"];
        assert_eq!(counts.map(|it| found.stream(it).as_u64().unwrap()), [2, 1, 2]);
        assert!(found.run.stderr.contains("the next attempt is in"), "{}", found.run.stderr);
    }
}

#[test]
fn without_an_endpoint_the_records_go_to_the_store_with_a_note() {
    for (section, folder, content) in [
        (HTTP, "http-endpoint/", "{}\n{\"a\":2}"),
        (SPLUNK, "splunk/", "{}{\"a\":2}"),
        (OPEN_SEARCH, "opensearch/", "{}\n{\"a\":2}"),
    ] {
        let found = deliver(section, &[], "{}\n{\"a\":2}\n");
        assert_eq!(found.run.code, 0, "{:#?}", found.run);
        found.assert_accounted(2);
        let [(key, data)] = Vec::from_iter(&found.objects)[..] else { panic!() };
        assert!(key.starts_with(folder), "{key}");
        assert_eq!(data, content);
        let note = "--endpoint Stream=URL sends them to a server";
        assert!(found.run.stderr.contains(note), "{}", found.run.stderr);
    }
}

#[test]
fn an_endpoint_needs_a_delivery_stream_that_takes_it() {
    let s3: Section = ("S3", &[]);
    for (section, endpoint, message) in [
        (HTTP, "Other=http://localhost:1", "no delivery stream of this run has the name"),
        (HTTP, "Stream=localhost:1", "the URL must begin with http:// or https://"),
        (s3, "Stream=http://localhost:1", "the destination of this delivery stream is S3"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = template(folder.path(), section);
        if section == s3 {
            let text = fs::read_to_string(&path).unwrap();
            fs::write(
                &path,
                text.replace("S3Configuration: {", "")
                    .replace("'}", "'")
                    .replace(", ", "\n        "),
            )
            .unwrap();
        }
        run(&["run", "--template", &path, "--endpoint", endpoint, "x"]).ends(2, message);
    }
}

/// Starts a run whose endpoint never answers, and waits for its request.
fn start_silent(folder: &Path, receiver: &Receiver) -> Child {
    let template = template(folder, HTTP);
    let to = folder.join("out");
    let endpoint = endpoint(receiver);
    let input = "fixtures/delivery/numbers.jsonl";
    let arguments = ["run", "--json", "--template", &template, "--endpoint", &endpoint, "--to"];
    let mut command = command(&[&arguments[..], &[to.to_str().unwrap(), input]].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("a request", || !receiver.received().is_empty());
    child
}

#[test]
fn two_signals_end_a_run_whose_endpoint_is_silent() {
    let receiver = Receiver::new(|_| Reaction::Silence);
    let folder = tempfile::tempdir().unwrap();
    let child = start_silent(folder.path(), &receiver);
    interrupt_twice(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let stream = &summary["deliveryStreams"][0];
    assert_eq!((&stream["delivered"], &stream["failed"]), (&json!(0), &json!(0)));
    assert_eq!(stream["records"], stream["notDelivered"]);
    assert!(stream["notDelivered"].as_u64().unwrap() > 0, "{summary:#}");
}
