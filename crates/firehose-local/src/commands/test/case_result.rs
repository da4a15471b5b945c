use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use firehose_fixtures::{CauseRule, FixtureCase, FixtureFunction, Mismatch, SourceShape};
use tokio::time::Instant;

/// The result of one case.
#[derive(Debug)]
pub(super) struct CaseResult {
    pub(super) name: String,
    /// The sources in whose form the case ran.
    pub(super) sources: Vec<SourceShape>,
    /// The distinct problems, each with the sources in whose form it occurs.
    pub(super) problems: Vec<(Vec<SourceShape>, Mismatch)>,
    /// `true` if the case has none of the sources that `--source` selects.
    pub(super) is_skipped: bool,
    /// The path of the `expected.json` that an update wrote.
    pub(super) written: Option<PathBuf>,
    pub(super) time: Duration,
}

/// The options for all cases.
#[derive(Debug)]
pub(super) struct CaseOptions {
    /// `true` to write `expected.json`, `false` to check the case.
    pub(super) update: bool,
    /// The sources in whose form a case runs. An empty list stands for all sources.
    pub(super) sources: Vec<SourceShape>,
}

impl CaseOptions {
    /// Returns `true` if the options select one of these sources.
    fn selects_any(&self, sources: &[SourceShape]) -> bool {
        self.sources.is_empty() || sources.iter().any(|source| self.sources.contains(source))
    }
}

impl CaseResult {
    /// Runs a case, or updates its `expected.json`.
    pub(super) async fn run(
        folder: &Path,
        function: &dyn FixtureFunction,
        options: &CaseOptions,
    ) -> Self {
        let start = Instant::now();
        let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
        let mut result = Self {
            name,
            sources: Vec::new(),
            problems: Vec::new(),
            is_skipped: false,
            written: None,
            time: Duration::ZERO,
        };
        match FixtureCase::read(folder, CauseRule::Optional) {
            Ok(case) if options.update => result.update(folder, &case, function, options).await,
            Ok(case) => result.check(&case, function, options).await,
            Err(problem) => result.problems.push((Vec::new(), Mismatch::Failed(problem))),
        }
        result.time = start.elapsed();
        result
    }

    pub(super) fn is_failed(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Updates a case, and checks it as a test without `--update` does. A function may answer the
    /// events of another source differently.
    async fn update(
        &mut self,
        folder: &Path,
        case: &FixtureCase,
        function: &dyn FixtureFunction,
        options: &CaseOptions,
    ) {
        if !options.selects_any(&case.sources()) {
            return self.check(case, function, options).await;
        }
        match case.update_as(function, &options.sources).await {
            Ok(written) => self.written = written,
            Err(mismatch) => {
                self.sources.extend(case.sources().first());
                return self.problems.push((self.sources.clone(), mismatch));
            }
        }
        match FixtureCase::read(folder, CauseRule::Optional) {
            Ok(updated) => self.check(&updated, function, options).await,
            Err(problem) => self.problems.push((Vec::new(), Mismatch::Failed(problem))),
        }
    }

    async fn check(
        &mut self,
        case: &FixtureCase,
        function: &dyn FixtureFunction,
        options: &CaseOptions,
    ) {
        self.sources = case.sources();
        if self.sources.is_empty() {
            let reason = "the event cannot be translated to any of the `sources` in expected.json";
            self.problems.push((Vec::new(), Mismatch::Failed(reason.to_owned())));
            return;
        }
        if !options.sources.is_empty() {
            self.sources.retain(|source| options.sources.contains(source));
            self.is_skipped = self.sources.is_empty();
        }
        for source in &self.sources {
            let Err(mismatch) = case.check(function, *source).await else { continue };
            match self.problems.iter_mut().find(|(_, known)| *known == mismatch) {
                Some((sources, _)) => sources.push(*source),
                None => self.problems.push((vec![*source], mismatch)),
            }
        }
    }
}

/// Returns the names of sources, such as `direct-put, kinesis`.
pub(super) fn listed(sources: &[SourceShape]) -> String {
    sources.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use firehose_runtime::{Handler, Record, Source, transform_fn};
    use tempfile::TempDir;

    use super::*;

    /// Returns a case without an `expected.json`.
    fn new_case() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let event =
            r#"{"records":[{"recordId":"1","approximateArrivalTimestamp":1,"data":"eA=="}]}"#;
        fs::write(folder.path().join("event.json"), event).unwrap();
        folder
    }

    /// Runs a case with a function whose output for records of Amazon MSK differs.
    async fn run(case: &TempDir, update: bool, sources: &[SourceShape]) -> CaseResult {
        let of_source = |record: Record| match record.source() {
            Source::Msk(_) => "msk",
            _ => "data",
        };
        let handler = Handler::new(transform_fn(of_source));
        let options = CaseOptions { update, sources: sources.to_vec() };
        CaseResult::run(case.path(), &handler, &options).await
    }

    #[tokio::test]
    async fn an_update_passes_only_if_the_test_passes() {
        let case = new_case();
        let updated = run(&case, true, &[]).await;
        assert!(updated.written.is_some() && updated.is_failed(), "{updated:?}");
        assert_eq!(updated.problems[0].0, [SourceShape::Msk]);
        assert!(run(&case, false, &[]).await.is_failed());
        let again = run(&case, true, &[]).await;
        assert!(again.written.is_none() && again.is_failed(), "{again:?}");
    }

    #[tokio::test]
    async fn a_new_case_keeps_the_sources_of_the_update() {
        let case = new_case();
        let sources = [SourceShape::DirectPut, SourceShape::Kinesis];
        let updated = run(&case, true, &sources).await;
        assert!(updated.written.is_some() && !updated.is_failed(), "{updated:?}");
        let tested = run(&case, false, &[]).await;
        assert!(!tested.is_failed() && tested.sources == sources, "{tested:?}");
        let skipped = run(&case, true, &[SourceShape::Msk]).await;
        assert!(skipped.is_skipped && skipped.written.is_none(), "{skipped:?}");
    }
}
