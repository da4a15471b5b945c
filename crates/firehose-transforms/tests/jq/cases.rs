//! Runs the cases in `fixtures/transforms/jq`. Each has a filter, an input, and the recorded answer
//! of jq 1.6.

use std::{fs, path::PathBuf};

use bytes::Bytes;
use firehose_transforms::jq::{JqError, JqFilter};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Case {
    filter: String,
    input: String,
    /// The answer of jq 1.6. Empty if `here` is set.
    #[serde(flatten)]
    answer: Answer,
    /// The answer of this crate, if it differs from jq's as the documentation says.
    here: Option<Answer>,
}

/// The outputs, and the error after them.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
struct Answer {
    #[serde(default)]
    outputs: Vec<String>,
    error: Option<String>,
    #[serde(default)]
    compile_error: bool,
}

#[test]
fn filters_answer_like_jq() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/transforms/jq");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let (mut count, mut failures) = (0, Vec::new());
    for file in files {
        let name = file.file_name().unwrap().display().to_string();
        let cases: Vec<Case> = serde_json::from_str(&fs::read_to_string(&file).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        for case in cases {
            count += 1;
            let expected = case.here.as_ref().unwrap_or(&case.answer);
            let found = answer(&case.filter, &case.input);
            if found != *expected {
                let Case { filter, input, .. } = &case;
                failures.push(format!(
                    "{name}: {input} | {filter}\n  expected {expected:?}\n     found {found:?}"
                ));
            }
        }
    }
    assert!(count > 700, "{count} cases");
    assert!(failures.is_empty(), "{} of {count} cases:\n{}", failures.len(), failures.join("\n"));
}

fn answer(filter: &str, input: &str) -> Answer {
    let input = Bytes::from(input.to_owned());
    let Ok(compiled) = JqFilter::new(filter) else {
        return Answer { compile_error: true, ..Answer::default() };
    };
    let texts = |outputs: Vec<Bytes>| {
        outputs.iter().map(|output| String::from_utf8(output.to_vec()).unwrap()).collect()
    };
    match compiled.run(&input) {
        Ok(outputs) => Answer { outputs: texts(outputs), ..Answer::default() },
        Err(JqError::Failed(_)) => {
            // This filter wraps each output before the error in an array. Its last output is the
            // message that `catch` receives.
            let caught = JqFilter::new(&format!("try (({filter}\n) | [.]) catch .")).unwrap();
            let mut outputs: Vec<String> = texts(caught.run(&input).unwrap());
            let error = outputs.pop().unwrap();
            let error = serde_json::from_str::<String>(&error).unwrap_or(error);
            let inner = |output: &String| output[1..output.len() - 1].to_owned();
            let outputs = outputs.iter().map(inner).collect();
            Answer { outputs, error: Some(error), compile_error: false }
        }
        Err(error) => Answer { error: Some(error.to_string()), ..Answer::default() },
    }
}
