//! Compares the answers of random filters with those of an installed jq 1.6.

use std::{
    cell::Cell,
    io::Write,
    process::{Command, Stdio},
};

use bytes::Bytes;
use firehose_transforms::jq::{JqError, JqFilter, JqFilterError};
use proptest::{prelude::*, test_runner::TestRunner};

use super::generate::{filter, json};

/// Returns a line with jq's outputs and error for each input, or `None` if jq rejects the filter or
/// reaches a limit. The limits are needed because a random filter may have very many outputs.
fn jq_lines(filter: &str, inputs: &[String]) -> Option<Vec<String>> {
    // The limits are 2 GB of memory and 5 seconds of CPU time.
    let limited = "ulimit -v 2000000; ulimit -t 5; exec jq --compact-output \"$1\"";
    let mut jq = Command::new("sh")
        .args(["-c", limited, "sh", filter])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // jq closes its input if it rejects the filter.
    let _ = jq.stdin.take().unwrap().write_all(inputs.join("\n").as_bytes());
    let output = jq.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    (output.status.success() && lines.len() == inputs.len()).then_some(lines)
}

type Compile = fn(&str) -> Result<JqFilter, JqFilterError>;

fn compare(compile: Compile, filter: &str, input: &str, line: &str) -> Result<(), TestCaseError> {
    // jq cuts off values in messages at a byte, which may be inside a character.
    if line.contains(char::REPLACEMENT_CHARACTER) {
        return Ok(());
    }
    let compiled = compile(filter).map_err(|error| TestCaseError::fail(error.to_string()))?;
    match compiled.run(&Bytes::from(input.to_owned())) {
        Ok(outputs) => prop_assert_eq!(&outputs, &[line], "{} | {}", input, filter),
        // jq writes another number instead. The documentation lists this difference.
        Err(JqError::NotFinite) => {}
        Err(error) => prop_assert!(false, "{} | {}: {}", input, filter, error),
    }
    Ok(())
}

#[test]
#[ignore = "needs jq 1.6: .ci/run runs this test if jq 1.6 is installed"]
fn random_filters_answer_like_jq() {
    compare_with_jq(JqFilter::new, json());
}

/// Inputs with every spelling of numbers, strings and white space.
#[test]
#[ignore = "needs jq 1.6: .ci/run runs this test if jq 1.6 is installed"]
fn random_filters_of_jq_1_6_answer_like_jq_whatever_the_spelling() {
    let spellings = [
        ("1", "1.0"),
        ("2", "2e0"),
        ("3", "9007199254740993"),
        ("4", "123456789012345678901234567890"),
        ("5", "5.50"),
        ("6", "-0"),
        ("\"a\"", "\"\\u0061\""),
        ("\"b\"", "\"b\\/\\u00e9\u{7f}\""),
        (",", " , "),
        (":", " :\t"),
    ];
    let spelled = (json(), prop::collection::vec(any::<bool>(), spellings.len()));
    let inputs = spelled.prop_map(move |(input, chosen)| {
        let chosen = spellings.iter().zip(chosen).filter(|(_, is_chosen)| *is_chosen);
        chosen.fold(input, |input, ((from, to), _)| input.replace(from, to))
    });
    // A replacement inside a string or a longer number may not be JSON any more.
    let is_json = |input: &String| serde_json::from_str::<serde::de::IgnoredAny>(input).is_ok();
    compare_with_jq(JqFilter::of_jq_1_6, inputs.prop_filter("valid JSON", is_json));
}

fn compare_with_jq(compile: Compile, input: impl Strategy<Value = String>) {
    let version = Command::new("jq").arg("--version").output().expect("install jq 1.6").stdout;
    let version = String::from_utf8_lossy(&version);
    assert_eq!(version.trim(), "jq-1.6", "other versions of jq answer differently; install jq 1.6");

    let config = ProptestConfig { max_shrink_iters: 300, ..ProptestConfig::default() };
    let cases = config.cases;
    let compared = Cell::new(0);
    let inputs = prop::collection::vec(input, 6);
    let result = TestRunner::new(config).run(&(filter(), inputs), |(filter, inputs)| {
        let filter = format!("[try ({filter} | [.]) catch {{error: .}}]");
        let Some(lines) = jq_lines(&filter, &inputs) else { return Ok(()) };
        compared.set(compared.get() + 1);
        inputs
            .iter()
            .zip(lines)
            .try_for_each(|(input, line)| compare(compile, &filter, input, &line))
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(compared.get() > cases / 2, "jq answered {} of {cases} filters", compared.get());
}
