//! Runs the cases in `fixtures/transforms/jq` and `fixtures/transforms/jq_1_6`. Each has a filter, an
//! input, and the recorded answer of jq 1.6.

use std::{fs, path::PathBuf};

use bytes::Bytes;
use firehose_transforms::jq::{JqError, JqFilter, JqFilterError};
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
    /// The answer of jq 1.6 if `here` is set.
    jq: Option<Answer>,
    /// True if the answer of `of_jq_1_6` differs from jq's, too.
    #[serde(default)]
    differs_in_jq_1_6: bool,
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

/// Returns the cases of a folder, each with the name of its file.
fn cases(folder: &str) -> Vec<(String, Case)> {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/transforms");
    let files = fs::read_dir(fixtures.join(folder)).unwrap();
    let mut files: Vec<_> = files.map(|it| it.unwrap().path()).collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().display().to_string();
        let cases: Vec<Case> = serde_json::from_str(&fs::read_to_string(&file).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        all.extend(cases.into_iter().map(|case| (name.clone(), case)));
    }
    all
}

type Compile = fn(&str) -> Result<JqFilter, JqFilterError>;

/// Asserts that each case has its expected answer.
fn check(cases: &[(String, Case)], compile: Compile, expected: impl Fn(&Case) -> &Answer) {
    let mut failures = Vec::new();
    for (name, case) in cases {
        let expected = expected(case);
        let found = answer(&case.filter, &case.input, compile);
        if found != *expected {
            let Case { filter, input, .. } = case;
            failures.push(format!(
                "{name}: {input} | {filter}\n  expected {expected:?}\n     found {found:?}"
            ));
        }
    }
    let (wrong, count) = (failures.len(), cases.len());
    assert!(failures.is_empty(), "{wrong} of {count} cases:\n{}", failures.join("\n"));
}

#[test]
fn filters_answer_like_jq() {
    let cases = cases("jq");
    assert!(cases.len() > 700, "{} cases", cases.len());
    check(&cases, JqFilter::new, |case| case.here.as_ref().unwrap_or(&case.answer));
}

#[test]
fn filters_of_jq_1_6_answer_like_jq_also_in_text_and_numbers() {
    let mut cases = cases("jq");
    cases.retain(|(_, case)| !case.differs_in_jq_1_6);
    cases.extend(self::cases("jq_1_6"));
    assert!(cases.len() > 800, "{} cases", cases.len());
    check(&cases, JqFilter::of_jq_1_6, |case| case.jq.as_ref().unwrap_or(&case.answer));
}

#[test]
fn a_case_that_is_said_to_differ_differs() {
    for (_, case) in cases("jq").iter().filter(|(_, case)| case.differs_in_jq_1_6) {
        let found = answer(&case.filter, &case.input, JqFilter::of_jq_1_6);
        assert_ne!(Some(&found), case.jq.as_ref(), "{} | {}", case.input, case.filter);
    }
}

fn answer(filter: &str, input: &str, compile: Compile) -> Answer {
    let input = Bytes::from(input.to_owned());
    let Ok(compiled) = compile(filter) else {
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
            let caught = compile(&format!("try (({filter}\n) | [.]) catch .")).unwrap();
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
