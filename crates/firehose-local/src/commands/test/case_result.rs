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
            Ok(case) if options.update => result.update(&case, function).await,
            Ok(case) => result.check(&case, function, options).await,
            Err(problem) => result.problems.push((Vec::new(), Mismatch::Failed(problem))),
        }
        result.time = start.elapsed();
        result
    }

    pub(super) fn is_failed(&self) -> bool {
        !self.problems.is_empty()
    }

    async fn update(&mut self, case: &FixtureCase, function: &dyn FixtureFunction) {
        self.sources.extend(case.sources().first());
        match case.update(function).await {
            Ok(written) => self.written = written,
            Err(mismatch) => self.problems.push((self.sources.clone(), mismatch)),
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
