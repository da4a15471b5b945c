use std::{fs, path::PathBuf, sync::atomic::Ordering};

use firehose_fixtures::{SourceShape, find_cases};

use super::{
    super::command_error::CommandError,
    arguments::Test,
    case_result::{CaseOptions, CaseResult},
    function::TestedFunction,
    junit::junit,
    report::TestReport,
};
use crate::{exit_code::ExitCode, interrupt::interruptible, terminal::print_report};

impl Test {
    /// Runs the command.
    pub(crate) fn run(self) -> ExitCode {
        let tested = interruptible(self.test()).map_err(|error| CommandError::no_runtime(&error));
        match tested.and_then(Option::transpose) {
            Ok(Some(report)) => {
                let text = if self.json { report.json() } else { report.text() };
                print_report(text.as_bytes(), report.code())
            }
            Ok(None) => CommandError::interrupted(self.json),
            Err(error) => error.print(self.json),
        }
    }

    async fn test(&self) -> Result<TestReport, CommandError> {
        let cases = self.cases()?;
        let TestedFunction { function, unexplained } = TestedFunction::open(self).await?;
        let sources = self.sources.iter().copied().map(SourceShape::from).collect();
        let options = CaseOptions { update: self.update, sources };
        let mut results = Vec::new();
        for case in &cases {
            results.push(CaseResult::run(case, &*function, &options).await);
        }
        if let Some(path) = &self.junit {
            let error = |reason: &dyn std::fmt::Display| {
                CommandError::usage(format!("cannot write {}: {reason}", path.display()))
            };
            let folder = self.folder.display().to_string();
            let text = junit(&folder, &results).map_err(|it| error(&it))?;
            fs::write(path, text).map_err(|it| error(&it))?;
        }
        Ok(TestReport { results, unexplained: unexplained.load(Ordering::Relaxed) })
    }

    /// Returns the folders of the cases that the filter selects.
    fn cases(&self) -> Result<Vec<PathBuf>, CommandError> {
        let mut cases = match self.folder.join("event.json").exists() {
            true => vec![self.folder.clone()],
            false => find_cases(&self.folder).map_err(CommandError::usage)?,
        };
        let name =
            |case: &PathBuf| case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let names: Vec<_> = cases.iter().map(name).collect();
        let is_wanted = |case: &PathBuf| {
            let name = name(case);
            self.filter.iter().any(|filter| match names.contains(filter) {
                true => name == *filter,
                false => name.contains(filter.as_str()),
            })
        };
        if !self.filter.is_empty() {
            cases.retain(is_wanted);
        }
        if cases.is_empty() {
            let (folder, filter) = (self.folder.display(), self.filter.join(", "));
            return Err(CommandError::usage(format!(
                "{folder}: no case has a name that contains {filter}"
            )));
        }
        Ok(cases)
    }
}
