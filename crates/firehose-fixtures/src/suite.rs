use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};

use firehose_runtime::{Handler, Transform};
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::{self, Runtime};

use crate::{
    case::{FixtureCase, NO_SOURCE},
    expected::CauseRule,
    find_cases::find_cases,
    fixture_function::FixtureFunction,
    source_shape::SourceShape,
};

/// Runs each case of a folder as tests, one for each source. The name of a test is the name of the
/// case, `::` and the source, such as `three-outcomes::kinesis`. Call this function in the `main`
/// of a test file with `harness = false`.
///
/// The second argument is a transform, or a [`Handler`] whose settings the tests use, such as its
/// response budget.
///
/// A relative `folder` is resolved against the folder of the package's `Cargo.toml`. The usual arguments of a
/// test binary apply: a filter, `--list`, `--exact`, `--nocapture`.
///
/// All cases share one handler and one Tokio runtime, as all invocations of a function do. A
/// folder that cannot be read, or that contains no cases, fails as a test named `cases`.
///
/// ```no_run
/// use firehose_runtime::{Handler, Record, transform_fn};
///
/// fn main() -> std::process::ExitCode {
///     let transform = transform_fn(|record: Record| record.into_data());
///     let handler = Handler::new(transform).with_response_budget(64 * 1024);
///     firehose_fixtures::run("fixtures/small-responses", handler)
/// }
/// ```
pub fn run<T: Transform>(folder: impl AsRef<Path>, function: impl Into<Handler<T>>) -> ExitCode {
    run_trials(match find_cases(&from_manifest(folder.as_ref())) {
        Ok(cases) => trials(&cases, Arc::new(function.into()), is_updating()),
        Err(problem) => vec![Trial::test("cases", move || Err(problem.into()))],
    })
}

/// Runs tests with the arguments of the test binary.
pub(crate) fn run_trials(trials: Vec<Trial>) -> ExitCode {
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Returns `true` if the run updates `expected.json`.
pub(crate) fn is_updating() -> bool {
    env::var_os("UPDATE_FIXTURES").is_some_and(|value| value != "0")
}

/// Resolves a path against the folder of the package. Cargo and nextest set `CARGO_MANIFEST_DIR`.
pub(crate) fn from_manifest(folder: &Path) -> PathBuf {
    match env::var_os("CARGO_MANIFEST_DIR") {
        // Remove `..` from an existing path. Keep a missing path for the error.
        Some(manifest) => {
            let folder = PathBuf::from(manifest).join(folder);
            folder.canonicalize().unwrap_or(folder)
        }
        None => folder.to_owned(),
    }
}

fn trials(cases: &[PathBuf], function: Arc<dyn FixtureFunction>, updating: bool) -> Vec<Trial> {
    // One runtime for all tests: a transform may share connections between them, and a connection
    // ends with its runtime.
    let runtime = match runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
    {
        Ok(runtime) => Arc::new(runtime),
        Err(error) => {
            let problem = format!("cannot start a Tokio runtime: {error}");
            return vec![Trial::test("cases", move || Err(problem.into()))];
        }
    };
    let suite = Suite { function, runtime };
    cases.iter().flat_map(|folder| suite.case_trials(folder, updating)).collect()
}

#[derive(Clone)]
struct Suite {
    function: Arc<dyn FixtureFunction>,
    runtime: Arc<Runtime>,
}

impl Suite {
    /// Returns the tests of one case.
    fn case_trials(&self, folder: &Path, updating: bool) -> Vec<Trial> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let shown = Arc::new(ShownProblems::default());
        let case = match FixtureCase::read(folder, CauseRule::Required) {
            Ok(case) => case,
            Err(problem) => {
                // Fail under all names of the case, so that each filter finds the failure.
                let trials = SourceShape::ALL.map(|source| {
                    let (problem, shown) = (problem.clone(), Arc::clone(&shown));
                    let fail = move || Err(shown.show(source, problem));
                    Trial::test(format!("{name}::{source}"), fail)
                });
                return trials.into();
            }
        };
        if updating {
            let suite = self.clone();
            let update = move || suite.update(&case);
            return vec![Trial::test(format!("{name}::update"), update)];
        }
        let sources = case.sources();
        if sources.is_empty() {
            return vec![Trial::test(name, || Err(NO_SOURCE.into()))];
        }
        let trials = sources.into_iter().map(|source| {
            let (suite, case, shown) = (self.clone(), case.clone(), Arc::clone(&shown));
            let check = move || {
                let checked = suite.runtime.block_on(case.check(&*suite.function, source));
                checked.map_err(|mismatch| shown.show(source, mismatch.to_string()))
            };
            Trial::test(format!("{name}::{source}"), check)
        });
        trials.collect()
    }

    #[expect(clippy::print_stderr, reason = "an update lists the files to review")]
    fn update(&self, case: &FixtureCase) -> Result<(), Failed> {
        let updated = self.runtime.block_on(case.update(&*self.function));
        if let Some(path) = updated.map_err(|mismatch| mismatch.to_string())? {
            eprintln!("wrote {}", path.display());
        }
        // The results may depend on the source, and the update uses one source.
        let updated = FixtureCase::read(case.folder(), CauseRule::Required)?;
        for source in updated.sources() {
            let checked = self.runtime.block_on(updated.check(&*self.function, source));
            checked.map_err(|mismatch| format!("as {source}: {mismatch}"))?;
        }
        Ok(())
    }
}

/// The problems of a case that its tests have shown. The tests of the three sources usually have the
/// same problem.
#[derive(Default)]
struct ShownProblems(Mutex<Vec<(SourceShape, String)>>);

impl ShownProblems {
    /// Returns the failure of a test: the problem, or a reference to the source whose test has already
    /// shown the same problem.
    fn show(&self, source: SourceShape, problem: String) -> Failed {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((first, _)) = shown.iter().find(|(_, known)| *known == problem) {
            return format!("the same problem as in the test of the source {first}").into();
        }
        shown.push((source, problem.clone()));
        problem.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_with_the_same_problem_show_it_once() {
        let shown = ShownProblems::default();
        let problem = "a.json: it differs".to_owned();
        let text = |failed: Failed| failed.message().unwrap_or_default().to_owned();
        let first = shown.show(SourceShape::Kinesis, problem.clone());
        assert_eq!(text(first), problem);
        let second = shown.show(SourceShape::Msk, problem);
        assert_eq!(text(second), "the same problem as in the test of the source kinesis");
        let other = shown.show(SourceShape::DirectPut, "other".to_owned());
        assert_eq!(text(other), "other");
    }
}
