use std::{
    fs, io,
    path::{Path, PathBuf},
};

use firehose_runtime::{Handler, Transform};
use serde_json::Value;

use crate::{
    difference::{difference, remove_payload_fields},
    expected::Expected,
    run_handler::run_handler,
    source::SourceShape,
};

/// The error of a case that cannot run with any source.
pub(crate) const NO_SOURCE: &str =
    "the event cannot be translated to any of the `sources` in expected.json";

/// A folder with an `event.json` and an `expected.json`.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    folder: PathBuf,
    event: String,
    expected: Option<Expected>,
}

impl Case {
    /// Reads a case. Accepts a missing `expected.json`, which [`update`](Self::update) writes.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join("event.json");
        let event = fs::read_to_string(&path).map_err(|error| in_file(&path, error))?;
        // Editors on Windows write a byte order mark. Lambda does not.
        let event = event.trim_start_matches('\u{feff}').to_owned();
        let path = folder.join("expected.json");
        let expected = match fs::read_to_string(&path) {
            Ok(text) => Some(Expected::parse(&text).map_err(|why| in_file(&path, why))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(in_file(&path, error)),
        };
        Ok(Self { folder: folder.to_owned(), event, expected })
    }

    /// Returns the sources to run, the source of the event first. An event that is not a JSON
    /// object cannot be translated to other sources.
    pub(crate) fn sources(&self) -> Vec<SourceShape> {
        let own = self.own_source();
        let chosen = self.expected.as_ref().map_or(&[][..], |expected| &expected.sources);
        let translates = serde_json::from_str::<Value>(&self.event).is_ok_and(|it| it.is_object());
        let mut sources = vec![own];
        sources.extend(SourceShape::ALL.into_iter().filter(|source| *source != own && translates));
        sources.retain(|source| chosen.is_empty() || chosen.contains(source));
        sources
    }

    /// Returns the source of the event.
    pub(crate) fn own_source(&self) -> SourceShape {
        serde_json::from_str(&self.event)
            .map_or(SourceShape::DirectPut, |event| SourceShape::of(&event))
    }

    /// Runs the case in the form of `source`, and compares the result with `expected.json`.
    pub(crate) async fn check<T: Transform>(
        &self,
        handler: &Handler<T>,
        source: SourceShape,
    ) -> Result<(), String> {
        let Some(expected) = &self.expected else {
            return Err(format!(
                "{} is missing; run with UPDATE_FIXTURES=1 to write it from the response",
                self.folder.join("expected.json").display()
            ));
        };
        let actual = run_handler(handler, self.event_as(source)).await?;
        match difference(expected, &actual) {
            None => Ok(()),
            Some(difference) => Err(in_file(&self.folder.join("expected.json"), difference)),
        }
    }

    /// Runs the case, and writes `expected.json` if the file is missing or differs. Writes nothing
    /// if two runs have different results.
    pub(crate) async fn update<T: Transform>(&self, handler: &Handler<T>) -> Result<(), String> {
        let source = *self.sources().first().ok_or(NO_SOURCE)?;
        let mut actual = run_handler(handler, self.event_as(source)).await?;
        if let Some(expected) = &self.expected {
            if difference(expected, &actual).is_none() {
                return Ok(());
            }
            actual.sources.clone_from(&expected.sources);
        }
        let again = run_handler(handler, self.event_as(source)).await?;
        if let Some(difference) = difference(&actual, &again) {
            return Err(format!("two runs differ, so nothing is written: {difference}"));
        }
        remove_payload_fields(&mut actual);
        let path = self.folder.join("expected.json");
        fs::write(&path, actual.to_text()).map_err(|error| in_file(&path, error))?;
        report(&path);
        Ok(())
    }

    fn event_as(&self, source: SourceShape) -> String {
        match serde_json::from_str(&self.event) {
            Ok(event) if source != self.own_source() => source.translate(event).to_string(),
            // Keep the spelling of the event.
            _ => self.event.clone(),
        }
    }
}

#[expect(clippy::print_stderr, reason = "an update lists the files to review")]
fn report(path: &Path) {
    eprintln!("wrote {}", path.display());
}

fn in_file(path: &Path, what: impl std::fmt::Display) -> String {
    format!("{}: {what}", path.display())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use firehose_runtime::{Record, Source, transform_fn};

    use super::*;

    const EVENT: &str = r#"{"records": [
        {"recordId": "1", "data": "eyJhIjoxLjAsImIiOjJ9"}, {"recordId": "2", "data": "?"}
    ]}"#;

    /// Runs a case with this `expected.json` for each source.
    async fn check(expected: &str) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("event.json"), EVENT).unwrap();
        fs::write(folder.path().join("expected.json"), expected).unwrap();
        let case = Case::read(folder.path())?;
        let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
        for source in case.sources() {
            case.check(&handler, source).await?;
        }
        Ok(())
    }

    async fn check_records(first: &str, second: &str) -> Result<(), String> {
        check(&format!(r#"{{"records": [{first}, {second}]}}"#)).await
    }

    const FIRST: &str = r#"{"result": "Ok", "json": { "a": 1.0, "b" : 2 }}"#;
    const SECOND: &str = r#"{"recordId": "2", "result": "ProcessingFailed", "cause": "base64"}"#;

    #[tokio::test]
    async fn an_update_writes_nothing_if_two_runs_differ() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("event.json"), EVENT).unwrap();
        let case = Case::read(folder.path()).unwrap();
        let calls = AtomicUsize::new(0);
        let handler = Handler::new(transform_fn(move |_: Record| {
            format!("call {}", calls.fetch_add(1, Ordering::Relaxed))
        }));
        let error = case.update(&handler).await.unwrap_err();
        assert!(error.starts_with("two runs differ, so nothing is written"), "{error}");
        assert!(!folder.path().join("expected.json").exists());
    }

    #[tokio::test]
    async fn an_equivalent_response_passes() {
        for first in [
            FIRST,
            r#"{"result": "Ok", "text": "{\"a\":1.0,\"b\":2}"}"#,
            r#"{"result": "Ok", "base64": "eyJhIjoxLjAsImIiOjJ9"}"#,
        ] {
            check_records(first, SECOND).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_different_response_fails_with_a_diff() {
        for (first, second) in [
            (r#"{"result": "Ok", "json": {"b":2,"a":1.0}}"#, SECOND),
            (r#"{"result": "Ok", "json": {"a":1,"b":2}}"#, SECOND),
            (r#"{"result": "Ok", "text": "{}"}"#, SECOND),
            (r#"{"result": "Ok", "base64": ""}"#, SECOND),
            (r#"{"result": "Dropped"}"#, SECOND),
            (r#"{"recordId": "3", "result": "Ok", "json": {"a":1.0,"b":2}}"#, SECOND),
            (r#"{"result": "Ok", "json": {"a":1.0,"b":2}, "partitionKeys": {"k": "v"}}"#, SECOND),
            (FIRST, r#"{"result": "ProcessingFailed", "cause": "panicked"}"#),
            (FIRST, FIRST),
        ] {
            let problem = check_records(first, second).await.unwrap_err();
            assert!(problem.contains("--- expected\n+++ actual\n"), "{problem}");
        }
        assert!(check(r#"{"records": []}"#).await.is_err());
        assert!(check(r#"{"invocationError": "x"}"#).await.is_err());
    }

    #[tokio::test]
    async fn an_invalid_expected_json_is_rejected() {
        for (expected, problem) in [
            ("{}", "has neither `records` nor `invocationError`"),
            (r#"{"records": [], "invocationError": ""}"#, "has both"),
            (r#"{"records": [{"result": "Ok"}]}"#, "records[0]: `Ok` needs one of"),
            (r#"{"records": [{"result": "OK", "text": ""}]}"#, "`result` is \"OK\""),
            (r#"{"records": [{"result": "ProcessingFailed"}]}"#, "needs a `cause`"),
            (r#"{"records": [{"result": "Dropped", "text": ""}]}"#, "only `Ok` has"),
            (r#"{"records": [{"result": "Dropped", "cause": "x"}]}"#, "only `ProcessingFailed`"),
            (r#"{"records": [{"result": "Dropped", "data": ""}]}"#, "unknown field `data`"),
            (r#"{"invocationError": ""}"#, "`invocationError` is empty"),
            (r#"{"records": [{"result": "ProcessingFailed", "cause": ""}]}"#, "`cause` is empty"),
            (
                r#"{"records": [{"result": "Ok", "base64": "?"}]}"#,
                "the value of `base64` is not valid base64",
            ),
            (r#"{"records": [], "sources": ["sqs"]}"#, "unknown variant `sqs`"),
        ] {
            let error = check(expected).await.unwrap_err();
            assert!(error.contains(problem) && error.contains("expected.json"), "{error}");
        }
    }

    #[tokio::test]
    async fn an_update_writes_a_file_that_passes() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("event.json"), EVENT).unwrap();
        let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
        let case = Case::read(folder.path()).unwrap();
        let missing = case.check(&handler, SourceShape::DirectPut).await.unwrap_err();
        assert!(missing.contains("UPDATE_FIXTURES=1"), "{missing}");

        case.update(&handler).await.unwrap();
        let case = Case::read(folder.path()).unwrap();
        case.check(&handler, SourceShape::DirectPut).await.unwrap();
        let written = fs::read_to_string(folder.path().join("expected.json")).unwrap();
        assert!(written.contains(r#""json": {"a":1.0,"b":2}"#), "{written}");
    }

    #[tokio::test]
    async fn an_update_writes_causes_that_pass_for_every_source() {
        for own in SourceShape::ALL {
            let folder = tempfile::tempdir().unwrap();
            let event = own.translate(serde_json::from_str(EVENT).unwrap()).to_string();
            fs::write(folder.path().join("event.json"), event).unwrap();
            let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
            let case = Case::read(folder.path()).unwrap();
            assert_eq!(case.own_source(), own);
            case.update(&handler).await.unwrap();
            let case = Case::read(folder.path()).unwrap();
            for source in SourceShape::ALL {
                case.check(&handler, source).await.unwrap();
            }
        }
    }

    #[tokio::test]
    async fn an_update_uses_the_sources_of_the_case() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("event.json"), EVENT).unwrap();
        let expected = r#"{"sources": ["kinesis"], "records": []}"#;
        fs::write(folder.path().join("expected.json"), expected).unwrap();
        let source = |record: Record| matches!(record.source(), Source::Kinesis(_)).to_string();
        let handler = Handler::new(transform_fn(source));
        Case::read(folder.path()).unwrap().update(&handler).await.unwrap();
        let case = Case::read(folder.path()).unwrap();
        assert_eq!(case.sources(), [SourceShape::Kinesis]);
        case.check(&handler, SourceShape::Kinesis).await.unwrap();
    }

    #[tokio::test]
    async fn an_update_keeps_a_file_that_passes() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("event.json"), EVENT).unwrap();
        let expected = format!(r#"{{"records":[{FIRST},{SECOND}]}}"#);
        fs::write(folder.path().join("expected.json"), &expected).unwrap();
        let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
        Case::read(folder.path()).unwrap().update(&handler).await.unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("expected.json")).unwrap(), expected);
    }
}
