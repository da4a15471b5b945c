//! Sends the sample events of other tools to the real function, and checks the responses.

use std::{fs, path::PathBuf};

use crate::firehose_local::{run, square_values, workspace};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = workspace().join("fixtures").join(folder);
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_sample_event_is_answered_within_the_contract() {
    let events = files("events");
    assert!(events.len() >= 40, "only {} events", events.len());
    let folder = tempfile::tempdir().unwrap();
    let response = folder.path().join("response.json");
    for event in events {
        let event = event.to_str().unwrap();
        let invoked = run(&["invoke", "--binary", square_values(), event]);
        invoked.ends(0, "The response keeps Firehose's contract.");
        fs::write(&response, invoked.stdout).unwrap();
        let checked = run(&["check", event, response.to_str().unwrap()]);
        assert_eq!(checked.code, 0, "{event}: {checked:?}");
    }
}

#[test]
fn sample_responses_with_invalid_results_are_violations() {
    let mut invalid = 0;
    for response in files("responses") {
        let name = response.file_name().unwrap();
        let event = workspace().join("fixtures/events").join(name);
        let run = run(&["check", event.to_str().unwrap(), response.to_str().unwrap()]);
        if name.to_str().unwrap().starts_with("aws-lambda-dotnet") {
            assert_eq!(run.code, 0, "{run:?}");
            continue;
        }
        assert_eq!(run.code, 1, "{run:?}");
        let message = r#"result is "TRANSFORMED_STATE_"#;
        assert!(run.stdout.contains(message), "{}", run.stdout);
        invalid += 1;
    }
    assert_eq!(invalid, 3);
}
