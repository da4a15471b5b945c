use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use firehose_runtime::{Handler, Transform};
use libtest_mimic::{Arguments, Trial};
use tokio::runtime;

use crate::{
    case::{Case, NO_SOURCE},
    source::SourceShape,
};

/// Runs each case of a folder as tests with the name of the case. Call this function in the `main`
/// of a test file with `harness = false`.
///
/// A relative `folder` starts at the folder of the package's `Cargo.toml`. The usual arguments of a
/// test binary apply: a filter, `--list`, `--exact`, `--nocapture`.
///
/// All cases share one transform and one Tokio runtime, as all invocations of a function do. A
/// folder that cannot be read, or that contains no cases, fails as a test named `cases`.
pub fn run<T: Transform>(folder: impl AsRef<Path>, transform: T) -> ExitCode {
    run_trials(match cases(folder.as_ref()) {
        Ok(cases) => trials(&cases, &Handler::new(transform), is_updating()),
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
fn from_manifest(folder: &Path) -> PathBuf {
    match env::var_os("CARGO_MANIFEST_DIR") {
        // Remove `..` from an existing path. Keep a missing path for the error.
        Some(manifest) => {
            let folder = PathBuf::from(manifest).join(folder);
            folder.canonicalize().unwrap_or(folder)
        }
        None => folder.to_owned(),
    }
}

/// Returns the folders in `folder`, sorted by name.
pub(crate) fn cases(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let folder = from_manifest(folder);
    let problem = |what: &str| format!("{}: {what}", folder.display());
    let entries = fs::read_dir(&folder).map_err(|error| problem(&error.to_string()))?;
    let mut cases = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| problem(&error.to_string()))?.path();
        // A dangling link is a case that cannot be read, not a file to ignore.
        if path.is_dir() || path.is_symlink() {
            cases.push(path);
        }
    }
    cases.sort();
    if cases.is_empty() { Err(problem("the folder contains no cases")) } else { Ok(cases) }
}

fn trials<T: Transform>(cases: &[PathBuf], handler: &Handler<T>, updating: bool) -> Vec<Trial> {
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
    let mut trials = Vec::new();
    for folder in cases {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let case = match Case::read(folder) {
            Ok(case) => case,
            Err(problem) => {
                // Fail under all names of the case, so that each filter finds the failure.
                trials.extend(SourceShape::ALL.map(|source| {
                    let problem = problem.clone();
                    Trial::test(format!("{name}::{source}"), move || Err(problem.into()))
                }));
                continue;
            }
        };
        if updating {
            let (handler, runtime) = (handler.clone(), Arc::clone(&runtime));
            let update = move || runtime.block_on(case.update(&handler)).map_err(Into::into);
            trials.push(Trial::test(format!("{name}::update"), update));
            continue;
        }
        let sources = case.sources();
        if sources.is_empty() {
            trials.push(Trial::test(name, || Err(NO_SOURCE.into())));
            continue;
        }
        for source in sources {
            let (case, handler) = (case.clone(), handler.clone());
            let runtime = Arc::clone(&runtime);
            let check = move || runtime.block_on(case.check(&handler, source)).map_err(Into::into);
            trials.push(Trial::test(format!("{name}::{source}"), check));
        }
    }
    trials
}
