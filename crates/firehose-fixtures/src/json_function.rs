use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use libtest_mimic::{Failed, Trial};
use serde_json::value::RawValue;
use similar::TextDiff;

use crate::{
    compact::compact,
    find_cases::find_cases,
    regular_file::read_regular_file,
    suite::{from_manifest, is_updating, run_trials},
};

/// Runs each case of a folder as a test of a function. Each test has the name of its case.
///
/// The function takes and returns JSON, and is not a Firehose transform. An example is a consumer
/// of a Kinesis stream.
///
/// `expected.json` is the response itself. The comparison ignores spaces between tokens, as for the
/// field `json` of [`run`](crate::run). For an expected failure, `expected.json` is
/// `{"invocationError": "..."}` with a part of the error. `UPDATE_FIXTURES=1` writes the file.
pub fn run_function<F>(folder: impl AsRef<Path>, function: F) -> ExitCode
where
    F: Fn(&str) -> Result<String, String> + Send + Sync + 'static,
{
    let function: Arc<Function> = Arc::new(function);
    let trials = match find_cases(&from_manifest(folder.as_ref())) {
        Ok(cases) => cases.into_iter().map(|case| trial(case, Arc::clone(&function))).collect(),
        Err(problem) => vec![Trial::test("cases", move || Err(problem.into()))],
    };
    run_trials(trials)
}

type Function = dyn Fn(&str) -> Result<String, String> + Send + Sync;

fn trial(case: PathBuf, function: Arc<Function>) -> Trial {
    let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Trial::test(name, move || check(&case, &*function))
}

fn check(case: &Path, function: &Function) -> Result<(), Failed> {
    let path = case.join("event.json");
    let event = read_regular_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let path = case.join("expected.json");
    let in_file = |what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
    let answered = function(&event);
    let expected = read_regular_file(&path);
    if let Ok(expected) = &expected
        && is_same(expected, &answered).map_err(|why| in_file(&why))?
    {
        return Ok(());
    }
    let answered = file_text(&answered).map_err(|why| in_file(&why))?;
    if is_updating() {
        return fs::write(&path, answered).map_err(|error| in_file(&error).into());
    }
    let expected = expected.map_err(|error| in_file(&error))?;
    let diff = TextDiff::from_lines(&expected, &answered);
    Err(format!("{}\n{}", path.display(), diff.unified_diff().header("expected", "actual")).into())
}

#[derive(serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Failure {
    invocation_error: String,
}

fn is_same(expected: &str, answered: &Result<String, String>) -> Result<bool, String> {
    let json: &RawValue = serde_json::from_str(expected).map_err(|error| error.to_string())?;
    Ok(match (serde_json::from_str::<Failure>(json.get()), answered) {
        (Ok(Failure { invocation_error }), _) if invocation_error.is_empty() => {
            return Err("`invocationError` is empty and would match any error".to_owned());
        }
        (Ok(Failure { invocation_error }), Err(error)) => error.contains(&invocation_error),
        (Err(_), Ok(response)) => compact(json.get()) == compact(response),
        (Ok(_), Ok(_)) | (Err(_), Err(_)) => false,
    })
}

fn file_text(answered: &Result<String, String>) -> Result<String, String> {
    let text = match answered {
        Ok(response) => {
            let json: &RawValue = serde_json::from_str(response)
                .map_err(|error| format!("the response is not valid JSON: {error}"))?;
            Ok(json.get().to_owned())
        }
        Err(error) => serde_json::to_string_pretty(&Failure { invocation_error: error.clone() }),
    };
    text.map(|text| text + "\n").map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_spaces_between_tokens_are_insignificant() {
        let answered = |text: &str| Ok(text.to_owned());
        assert_eq!(is_same("{ \"a\": 1 }\n", &answered(r#"{"a":1}"#)), Ok(true));
        assert_eq!(is_same(r#"{"a":1.0}"#, &answered(r#"{"a":1}"#)), Ok(false));
        assert_eq!(is_same(r#"{"a":1}"#, &Err("no".to_owned())), Ok(false));
        let error = r#"{"invocationError": "not an"}"#;
        assert_eq!(is_same(error, &Err("it is not an event".to_owned())), Ok(true));
        assert_eq!(is_same(error, &Err("it is an event".to_owned())), Ok(false));
        assert_eq!(is_same(error, &answered("{}")), Ok(false));
        assert!(is_same(r#"{"invocationError": ""}"#, &answered("{}")).is_err());
        assert!(is_same("{", &answered("{}")).is_err());
    }
}
