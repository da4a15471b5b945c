use std::{
    collections::BTreeMap,
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use reqwest::Url;

use super::{
    super::command_error::CommandError,
    arguments::{FunctionChoice, Run},
    plan::Plan,
};
use crate::{
    exit_code::ExitCode,
    hint::with_hint,
    package::{self, Target},
};
use firehose_delivery::{
    function::{LogDestination, ProcessPool, ProcessSettings, StartError, UrlFunction},
    observer::DeliveryObserver,
    run::{InvocationLimit, StreamFunction},
};
use firehose_template::DeployedFunction;

/// Builds and starts the functions that the delivery streams of the plan invoke. Returns them by
/// the name of the delivery stream.
pub(super) async fn start(
    run: &Run,
    plan: &Plan,
    observer: &Arc<dyn DeliveryObserver>,
) -> Result<BTreeMap<String, StreamFunction>, CommandError> {
    let log = run.function.invocations.log()?;
    let mut functions = BTreeMap::new();
    // Each is built once.
    let mut executables = BTreeMap::new();
    for stream in &plan.delivery_streams {
        let Some(lambda) = &stream.lambda else { continue };
        let name = lambda.function.as_str();
        let deployed = plan.functions.get(name).cloned().unwrap_or_default();
        let running = if let Some(url) = &run.function.named.url {
            run.function.remote(url, &deployed).await?
        } else {
            let executable = match executables.get(name) {
                Some(executable) => PathBuf::clone(executable),
                None => run.function.executable(name, &deployed, &plan.folder).await?,
            };
            executables.insert(name, executable.clone());
            run.function.start(&stream.name, name, executable, &deployed, &log, observer).await?
        };
        functions.insert(stream.name.clone(), running);
    }
    Ok(functions)
}

impl FunctionChoice {
    /// Whether it is said what the function is.
    pub(super) fn is_given(&self) -> bool {
        self.named.names_function() || !self.functions.is_empty()
    }

    /// Refuses what would change nothing, or what is not said of one function, given the names of
    /// those that are invoked. That others of the template are named is as well: one command line
    /// serves for all of its delivery streams.
    pub(super) fn check(
        &self,
        names: &[&str],
        is_known: impl Fn(&str) -> bool,
    ) -> Result<(), CommandError> {
        let argument = self.argument().filter(|it| *it != "--function");
        if let ([], Some(argument)) = (names, argument) {
            return Err(CommandError::usage(format!(
                "{argument}: no delivery stream of the run invokes a function"
            )));
        }
        let mut given = self.functions.iter().map(|(name, _)| name.as_str());
        if let Some(unknown) = given.find(|name| !is_known(name)) {
            return Err(CommandError::usage(format!(
                "--function {unknown}: no delivery stream invokes it; those of the run invoke: {}",
                names.join(", ")
            )));
        }
        if self.named.names_function() && names.len() > 1 {
            return Err(CommandError::usage(format!(
                "there are several functions: {}; --function NAME=PATH says which is meant, \
                 --only runs one delivery stream",
                names.join(", ")
            )));
        }
        let is_named = |name: &&str| self.functions.iter().any(|(function, _)| function == name);
        if self.named.release && names.iter().all(is_named) {
            let reason = "--release: nothing is built, since --function names every executable";
            return Err(CommandError::usage(reason));
        }
        Ok(())
    }

    /// One that only a function has a use for.
    fn argument(&self) -> Option<&'static str> {
        let arguments = [
            ("--package", self.named.executable.package.is_some()),
            ("--binary", self.named.executable.binary.is_some()),
            ("--url", self.named.url.is_some()),
            ("--function", !self.functions.is_empty()),
            ("--release", self.named.release),
            ("--timeout", self.timeout.is_some()),
        ];
        arguments.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }

    async fn remote(
        &self,
        url: &Url,
        deployed: &DeployedFunction,
    ) -> Result<StreamFunction, CommandError> {
        let limit = self.limit(deployed);
        let function = Arc::new(UrlFunction::new(url.clone(), limit.duration));
        function.reach().await?;
        Ok(StreamFunction::of_other(function).firehose_gives_up(limit.firehose_gives_up))
    }

    /// The executable of a function, which may have to be built first.
    async fn executable(
        &self,
        name: &str,
        deployed: &DeployedFunction,
        folder: &Path,
    ) -> Result<PathBuf, CommandError> {
        let named = self.functions.iter().find(|(function, _)| function == name);
        let built = match (
            named,
            &self.named.executable.binary,
            &self.named.executable.package,
            &deployed.binary,
        ) {
            (Some((_, path)), ..) => return Ok(path.into()),
            (None, Some(path), ..) => return Ok(path.clone()),
            (None, None, Some(package), _) => {
                package::build(Target::Package(package), self.named.release, Path::new(".")).await
            }
            (None, None, None, Some(binary)) => {
                package::build(Target::Binary(binary), self.named.release, folder).await
            }
            (None, None, None, None) => {
                return Err(CommandError::usage(format!(
                    "{name}: the template does not say what cargo builds for it (Metadata: \
                     BuildMethod, BuildProperties: Binary); --function {name}=PATH names an \
                     executable"
                )));
            }
        };
        built.map_err(|error| cannot_start(name, &error))
    }

    async fn start(
        &self,
        stream: &str,
        name: &str,
        binary: PathBuf,
        deployed: &DeployedFunction,
        log: &LogDestination,
        observer: &Arc<dyn DeliveryObserver>,
    ) -> Result<StreamFunction, CommandError> {
        let limit = self.limit(deployed);
        let settings = ProcessSettings {
            binary,
            memory_size: deployed.memory_size,
            environment: deployed.environment.clone(),
        };
        let concurrency = self.invocations.concurrency as usize;
        let pool = ProcessPool::new(
            stream,
            settings,
            limit.duration,
            concurrency,
            log.clone(),
            Arc::clone(observer),
        );
        match pool.warm_up().await {
            // On Lambda it would be as bad, and each invocation will say so.
            Ok(())
            | Err(StartError::Exited(_) | StartError::Init { .. } | StartError::TimedOut(_)) => {}
            Err(error) => return Err(cannot_start(name, &error)),
        }
        let function = StreamFunction::of_processes(Arc::new(pool));
        Ok(function.firehose_gives_up(limit.firehose_gives_up))
    }

    fn limit(&self, deployed: &DeployedFunction) -> InvocationLimit {
        let timeout = self.timeout.map_or(deployed.timeout, Duration::from_secs);
        InvocationLimit::of_timeout(timeout)
    }
}

fn cannot_start(name: &str, error: &(dyn Error + 'static)) -> CommandError {
    let reason = format!("{name}: {}", with_hint(error));
    CommandError { reason, code: ExitCode::CouldNotStart }
}
