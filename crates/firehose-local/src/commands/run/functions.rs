use std::{collections::BTreeMap, error::Error, path::Path, sync::Arc, time::Duration};

use firehose_pipeline::Pipeline;
use reqwest::Url;

use super::{
    super::{
        command_error::CommandError,
        pipeline_file::{is_pipeline_path, note_reingestion, parse_pipeline, read_pipeline},
        pipeline_function::pipeline_function,
        template_code::TemplateCode,
    },
    function_choice::FunctionChoice,
    plan::Plan,
};
use crate::{
    exit_code::ExitCode,
    hint::with_hint,
    package::{self, Target},
    terminal::eprint_error,
};
use firehose_delivery::{
    function::{LogDestination, ProcessPool, ProcessSettings, StartError, UrlFunction},
    observer::DeliveryObserver,
    run::{InvocationLimit, StreamFunction},
};
use firehose_template::DeployedFunction;

/// The variable with the pipeline of a prebuilt function.
pub(in crate::commands) const PIPELINE_VARIABLE: &str = "FIREHOSE_PIPELINE";

/// The binary of the prebuilt function.
const PREBUILT: &str = "firehose-pipeline";

/// Returns the settings of the processes of the functions that the delivery streams of the plan invoke,
/// by the name of the function. Builds each executable that no option names.
///
/// # Errors
///
/// If an executable is missing or cannot be built, or if the code of a function cannot be run here.
pub(super) async fn processes(
    choice: &FunctionChoice,
    plan: &Plan,
) -> Result<BTreeMap<String, ProcessSettings>, CommandError> {
    let mut processes = BTreeMap::new();
    for lambda in plan.delivery_streams.iter().filter_map(|stream| stream.lambda.as_ref()) {
        let name = lambda.function.as_str();
        let deployed = plan.functions.get(name).cloned().unwrap_or_default();
        let is_process = choice.named.url.is_none()
            && choice.pipeline_path(name).is_none()
            && choice.inline_pipeline(name, &deployed).is_none();
        // Several delivery streams may invoke the same function.
        if is_process && !processes.contains_key(name) {
            let process = choice.process(name, &deployed, &plan.folder).await?;
            process.check().map_err(|error| cannot_start(name, &error))?;
            processes.insert(name.to_owned(), process);
        }
    }
    Ok(processes)
}

/// Starts the functions that the delivery streams of the plan invoke. Returns them by the name of
/// the delivery stream.
pub(super) async fn start(
    choice: &FunctionChoice,
    plan: &Plan,
    processes: &BTreeMap<String, ProcessSettings>,
    observer: &Arc<dyn DeliveryObserver>,
) -> Result<BTreeMap<String, StreamFunction>, CommandError> {
    let log = choice.invocations.log().await?;
    let mut functions = BTreeMap::new();
    for stream in &plan.delivery_streams {
        let Some(lambda) = &stream.lambda else { continue };
        let name = lambda.function.as_str();
        let deployed = plan.functions.get(name).cloned().unwrap_or_default();
        let function = if let Some(url) = &choice.named.url {
            choice.remote(url, deployed.timeout).await?
        } else if let Some(path) = choice.pipeline_path(name) {
            let pipeline = read_pipeline(path).await?;
            choice.in_process(name, pipeline, &deployed, &log, observer)
        } else if let Some(text) = choice.inline_pipeline(name, &deployed) {
            let place = format!("{name}: {PIPELINE_VARIABLE}");
            let pipeline = parse_pipeline(Path::new(&place), text)?;
            choice.in_process(name, pipeline, &deployed, &log, observer)
        } else if let Some(process) = processes.get(name) {
            let timeout = deployed.timeout;
            choice.start(&stream.name, name, process.clone(), timeout, &log, observer).await?
        } else {
            continue;
        };
        functions.insert(stream.name.clone(), function);
    }
    Ok(functions)
}

impl FunctionChoice {
    async fn remote(&self, url: &Url, timeout: Duration) -> Result<StreamFunction, CommandError> {
        let limit = self.limit(timeout);
        let function = Arc::new(UrlFunction::new(url.clone(), limit.duration));
        function.reach().await?;
        Ok(StreamFunction::new(function).limited_by_firehose(limit.limited_by_firehose))
    }

    /// Returns the pipeline file of a function, if an option names a pipeline file.
    fn pipeline_path(&self, name: &str) -> Option<&Path> {
        let named = self.functions.iter().find(|(function, _)| function == name);
        let named = named.map(|(_, path)| Path::new(path)).filter(|path| is_pipeline_path(path));
        named.or(self.named.executable.pipeline.as_deref())
    }

    /// Returns the pipeline in the environment of a prebuilt function, if no option names an
    /// executable.
    pub(in crate::commands) fn inline_pipeline<'a>(
        &self,
        name: &str,
        deployed: &'a DeployedFunction,
    ) -> Option<&'a str> {
        let is_named = self.functions.iter().any(|(function, _)| function == name);
        let executable = &self.named.executable;
        if is_named || executable.names_process() {
            return None;
        }
        // The template names no executable for a function that it deploys from a zip.
        let is_prebuilt = deployed.binary.as_deref().is_none_or(|binary| binary == PREBUILT);
        let text = deployed.environment.get(PIPELINE_VARIABLE).filter(|_| is_prebuilt)?;
        Some(text).filter(|text| !text.trim().is_empty()).map(String::as_str)
    }

    fn in_process(
        &self,
        name: &str,
        pipeline: Pipeline,
        deployed: &DeployedFunction,
        log: &LogDestination,
        observer: &Arc<dyn DeliveryObserver>,
    ) -> StreamFunction {
        note_reingestion(&pipeline, name);
        // Variables with this prefix configure the prebuilt function, not the pipeline.
        let is_for_pipeline = |variable: &&String| !variable.starts_with("FIREHOSE_");
        if let Some(variable) = deployed.environment.keys().find(is_for_pipeline) {
            eprint_error(format_args!(
                "note: {name}: the pipeline runs in this process; it reads {variable} and other \
                 variables from the environment of firehose-local, not from the template"
            ));
        }
        let limit = self.limit(deployed.timeout);
        let concurrency = self.invocations.concurrency as usize;
        let memory_size = deployed.memory_size;
        let function = pipeline_function(pipeline, memory_size, limit.duration, concurrency);
        let function = StreamFunction::new(Arc::new(function.with_log(log, observer)));
        function.limited_by_firehose(limit.limited_by_firehose)
    }

    /// Returns the settings of the process of a function: the executable or the handler that an option
    /// names, the binary that cargo builds, or the code that the template names.
    pub(in crate::commands) async fn process(
        &self,
        name: &str,
        deployed: &DeployedFunction,
        folder: &Path,
    ) -> Result<ProcessSettings, CommandError> {
        let executable = &self.named.executable;
        let named = self.functions.iter().find(|(function, _)| function == name);
        let process = if let Some((_, path)) = named {
            ProcessSettings::new(Path::new(path))
        } else if let Some(process) =
            executable.process(self.named.release, Some(name), deployed.runtime.as_deref()).await?
        {
            process
        } else if let Some(binary) = &deployed.binary {
            let built = package::build(Target::Binary(binary), self.named.release, folder).await;
            ProcessSettings::new(&built.map_err(|error| cannot_start(name, &error))?)
        } else {
            let options = format!("--function {name}=PATH");
            let options = options.as_str();
            let code = TemplateCode { command: "run", name, deployed, folder, options };
            code.process().await?
        };
        Ok(ProcessSettings {
            memory_size: deployed.memory_size,
            environment: deployed.environment.clone(),
            ..process
        })
    }

    async fn start(
        &self,
        stream: &str,
        name: &str,
        process: ProcessSettings,
        timeout: Duration,
        log: &LogDestination,
        observer: &Arc<dyn DeliveryObserver>,
    ) -> Result<StreamFunction, CommandError> {
        let limit = self.limit(timeout);
        let concurrency = self.invocations.concurrency as usize;
        let pool = ProcessPool::new(
            stream,
            process,
            limit.duration,
            concurrency,
            log.clone(),
            Arc::clone(observer),
        );
        match pool.warm_up().await {
            // Lambda deploys even a function that fails at its start. Each invocation then reports
            // the failure.
            Ok(())
            | Err(StartError::Exited(_) | StartError::Init { .. } | StartError::TimedOut(_)) => {}
            Err(error) => return Err(cannot_start(name, &error)),
        }
        let function = StreamFunction::new(Arc::new(pool));
        Ok(function.limited_by_firehose(limit.limited_by_firehose))
    }

    fn limit(&self, timeout: Duration) -> InvocationLimit {
        let timeout = self.timeout.map_or(timeout, Duration::from_secs);
        InvocationLimit::of_timeout(timeout)
    }
}

fn cannot_start(name: &str, error: &(dyn Error + 'static)) -> CommandError {
    let reason = format!("{name}: {}", with_hint(error));
    CommandError { reason, code: ExitCode::CouldNotStart }
}
