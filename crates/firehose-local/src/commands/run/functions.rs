use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use super::{CannotRun, Run, arguments::Function, plan::Plan};
use crate::{
    DeployedFunction, ExitCode, StartError,
    function::FunctionSettings,
    invoker::{FunctionPool, Invoker, LogTo, RemoteFunction},
    package::{self, Target},
    progress::Progress,
};

/// The functions of a run, by name.
#[derive(Debug, Default)]
pub(super) struct Functions {
    functions: BTreeMap<String, Running>,
}

#[derive(Debug)]
struct Running {
    invoker: Arc<dyn Invoker>,
    /// Of a function at a URL there is none, and its log is elsewhere.
    pool: Option<Arc<FunctionPool>>,
    firehose_gives_up: bool,
}

/// Firehose waits for an invocation no longer:
/// <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>.
const FIREHOSE_LIMIT: Duration = Duration::from_secs(300);

/// Builds and starts the functions that the plan's delivery streams invoke.
pub(super) async fn start(
    run: &Run,
    plan: &Plan,
    progress: &Progress,
) -> Result<Functions, CannotRun> {
    let log = run.function.invocations.log()?;
    let mut functions = Functions::default();
    for name in plan.invoked() {
        let deployed = plan.functions.get(name).cloned().unwrap_or_default();
        let running = run.function.running(name, &deployed, &plan.folder, &log, progress).await?;
        functions.functions.insert(name.to_owned(), running);
    }
    Ok(functions)
}

impl Functions {
    /// The function of this name, and whether it is Firehose that gives up first.
    pub(super) fn invoker(&self, name: &str) -> Option<(Arc<dyn Invoker>, bool)> {
        let running = self.functions.get(name)?;
        Some((Arc::clone(&running.invoker), running.firehose_gives_up))
    }

    pub(super) fn pool(&self, name: &str) -> Option<Arc<FunctionPool>> {
        self.functions.get(name)?.pool.clone()
    }

    pub(super) async fn end(&self) {
        for pool in self.functions.values().filter_map(|running| running.pool.as_ref()) {
            pool.end().await;
        }
    }
}

impl Function {
    /// Whether it is said what the function is.
    pub(super) fn is_given(&self) -> bool {
        self.is_single() || !self.functions.is_empty()
    }

    /// Refuses what would change nothing, or what is not said of one function, given the names of
    /// those that are invoked.
    pub(super) fn check(&self, names: &[&str]) -> Result<(), CannotRun> {
        if let ([], Some(argument)) = (names, self.argument()) {
            return Err(CannotRun::usage(format!(
                "{argument}: no delivery stream of the run invokes a function"
            )));
        }
        let mut given = self.functions.iter().map(|(name, _)| name.as_str());
        if let Some(unknown) = given.find(|name| !names.contains(name)) {
            return Err(CannotRun::usage(format!(
                "--function {unknown}: no delivery stream of the run invokes it; they invoke: {}",
                names.join(", ")
            )));
        }
        if self.is_single() && names.len() > 1 {
            return Err(CannotRun::usage(format!(
                "there are several functions: {}; --function NAME=PATH says which is meant, \
                 --only runs one delivery stream",
                names.join(", ")
            )));
        }
        let is_named = |name: &&str| self.functions.iter().any(|(function, _)| function == name);
        if self.release && names.iter().all(is_named) {
            let reason = "--release: nothing is built, since --function names every executable";
            return Err(CannotRun::usage(reason));
        }
        Ok(())
    }

    /// One that only a function has a use for.
    fn argument(&self) -> Option<&'static str> {
        let arguments = [
            ("--package", self.package.is_some()),
            ("--binary", self.binary.is_some()),
            ("--url", self.url.is_some()),
            ("--function", !self.functions.is_empty()),
            ("--release", self.release),
            ("--timeout", self.timeout.is_some()),
        ];
        arguments.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }

    fn is_single(&self) -> bool {
        self.package.is_some() || self.binary.is_some() || self.url.is_some()
    }

    async fn running(
        &self,
        name: &str,
        deployed: &DeployedFunction,
        folder: &Path,
        log: &LogTo,
        progress: &Progress,
    ) -> Result<Running, CannotRun> {
        let timeout = self.timeout.map_or(deployed.timeout, Duration::from_secs);
        let limit = timeout.min(FIREHOSE_LIMIT);
        let firehose_gives_up = timeout > FIREHOSE_LIMIT;
        if let Some(url) = &self.url {
            let invoker = Arc::new(RemoteFunction::new(url.clone(), limit));
            invoker.reach().await.map_err(|error| CannotRun {
                reason: error.to_string(),
                code: ExitCode::CouldNotStart,
            })?;
            return Ok(Running { invoker, pool: None, firehose_gives_up });
        }
        let cannot = |error: StartError| CannotRun {
            reason: format!("{name}: {error}"),
            code: ExitCode::CouldNotStart,
        };
        let named = self.functions.iter().find(|(function, _)| function == name);
        let binary = match (named, &self.binary, &self.package, &deployed.binary) {
            (Some((_, path)), ..) => path.into(),
            (None, Some(path), ..) => path.clone(),
            (None, None, Some(package), _) => {
                let target = Target::Package(package);
                package::build(target, self.release, Path::new(".")).await.map_err(cannot)?
            }
            (None, None, None, Some(binary)) => {
                let target = Target::Binary(binary);
                package::build(target, self.release, folder).await.map_err(cannot)?
            }
            (None, None, None, None) => {
                return Err(CannotRun::usage(format!(
                    "{name}: the template does not say what cargo builds for it (Metadata: \
                     BuildMethod, BuildProperties: Binary); --function {name}=PATH names an \
                     executable"
                )));
            }
        };
        let settings = FunctionSettings {
            binary,
            memory_size: deployed.memory_size,
            environment: deployed.environment.clone(),
        };
        let concurrency = self.invocations.concurrency as usize;
        let pool = FunctionPool::new(settings, limit, concurrency, log.clone(), progress.clone());
        match pool.warm_up().await {
            // On Lambda it would be as bad, and each invocation will say so.
            Ok(())
            | Err(StartError::Exited(_) | StartError::Init { .. } | StartError::TimedOut(_)) => {}
            Err(error) => return Err(cannot(error)),
        }
        let pool = Arc::new(pool);
        let invoker = Arc::clone(&pool);
        Ok(Running { invoker, pool: Some(pool), firehose_gives_up })
    }
}
