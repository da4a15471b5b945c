//! The example `pipeline`: its cases, and the templates that deploy it.

use std::{fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;

use crate::firehose_local::{command, run, run_with};

const PIPELINE: &str = "examples/pipeline/pipeline.yaml";
const LOG: &str = "examples/pipeline/app.log";
const TEMPLATE: &str = "examples/pipeline/template.yaml";

/// Returns an event with the log of the example.
fn event() -> String {
    run(&["event", "--cloudwatch-logs", LOG]).stdout
}

/// Delivers the log with these arguments of `run`. Returns the uncompressed or compressed object.
fn delivered(arguments: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    let arguments =
        [&["run", "--put-to", "LogsDeliveryStream", "--to", to, "--format", "events"], arguments];
    let delivery = run_with(command(&arguments.concat()), &event());
    delivery.ends(0, "");
    let summary = "LogsDeliveryStream: 1 record in = 1 delivered + 0 dropped + 0 failed\n";
    assert!(delivery.stdout.starts_with(summary), "{}", delivery.stdout);
    let mut objects = objects(folder.path());
    assert_eq!(objects.len(), 1, "{}", delivery.stdout);
    objects.remove(0)
}

fn objects(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let content = |path: std::path::PathBuf| match path.is_dir() {
        true => objects(&path),
        false => vec![fs::read(path).unwrap()],
    };
    entries.flat_map(content).collect()
}

/// Returns the template of the example, with an invalid pipeline in a variable in place of the layer.
fn invalid_template() -> String {
    let text = fs::read_to_string(crate::firehose_local::workspace().join(TEMPLATE)).unwrap();
    let layers = "      Layers: [!Ref PipelineLayer]\n";
    assert!(text.contains(layers));
    let pipeline = "\"{input: cloudwatch_logs, output: txt}\"";
    let variable = format!("      Environment: {{Variables: {{FIREHOSE_PIPELINE: {pipeline}}}}}\n");
    text.replace(layers, &variable)
}

#[test]
fn the_cases_pass() {
    let tested = run(&["test", "--pipeline", PIPELINE, "examples/pipeline/cases"]);
    tested.ends(0, "");
    assert!(tested.stdout.ends_with("\n4 cases: 4 passed, 0 failed\n"), "{}", tested.stdout);
}

#[test]
fn the_delivery_stream_of_the_example_delivers_log_events() {
    let function = format!("PipelineFunction={PIPELINE}");
    let object = delivered(&["--template", TEMPLATE, "--function", &function, "-"]);
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(&*object), &mut text)
        .unwrap();
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let levels: Vec<_> = events.iter().map(|event| event["level"].as_str()).collect();
    assert_eq!(levels, [Some("INFO"), Some("ERROR"), None]);
    assert!(events[2]["message"].as_str().unwrap().contains("Task timed out"), "{text}");
    assert!(text.contains("[REDACTED:email]") && !text.contains("ana@"), "{text}");
}

/// The variable holds the pipeline, so that nothing is built.
#[test]
fn a_prebuilt_function_of_a_template_runs_in_this_process() {
    let object = delivered(&["-"]);
    let text = String::from_utf8(object).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("[REDACTED:credit_card]") && text.contains("Task timed out"), "{text}");
    assert!(!text.contains("cache miss") && !text.contains("RequestId:"), "{text}");
}

#[test]
fn an_invalid_pipeline_in_a_template_names_its_function() {
    let folder = TempDir::new().unwrap();
    let template = folder.path().join("template.yaml");
    fs::write(&template, invalid_template()).unwrap();
    let to = folder.path().join("delivered");
    let arguments = ["run", "--put-to", "LogsDeliveryStream", "--template"];
    let mut command = command(&arguments);
    command.arg(&template).arg("--to").arg(&to).arg("-");
    run_with(command, "x\n").ends(
        2,
        "PipelineFunction: FIREHOSE_PIPELINE:1:34: output: unknown name `txt`; did you mean `text`?",
    );
}
