use std::{path::Path, sync::Arc, time::Duration};

use firehose_pipeline::Pipeline;

use super::{
    super::{
        command_error::CommandError,
        pipeline_file::{note_reingestion, parse_pipeline, read_pipeline},
        pipeline_function::{DEFAULT_MEMORY_SIZE, pipeline_function},
        run::{FunctionChoice, PIPELINE_VARIABLE},
    },
    arguments::InvokedFunctionArgs,
    template_stream::TemplateStream,
};
use firehose_delivery::{
    function::{ProcessPool, ProcessSettings, UrlFunction},
    observer::DeliveryObserver,
    replay::ReplayRun,
    run::{InvocationLimit, StreamFunction},
};

/// The time limit of an invocation without a template.
const DEFAULT_LIMIT: Duration = Duration::from_secs(60);

/// Builds and starts the function, or connects to the function behind a URL. Opens the log once the
/// function can start. Without an option that names a function, `stream` names the function.
pub(super) async fn start(
    invoked: &InvokedFunctionArgs,
    stream: Option<&TemplateStream>,
    observer: Arc<dyn DeliveryObserver>,
) -> Result<StreamFunction, CommandError> {
    let deployed = stream.and_then(|stream| stream.function.as_ref());
    let timeout = deployed.map_or(DEFAULT_LIMIT, |(_, function)| function.timeout);
    let timeout = invoked.timeout.map_or(timeout, Duration::from_secs);
    let limit = InvocationLimit::of_timeout(timeout).duration;
    if let Some(url) = &invoked.function.url {
        let function = UrlFunction::new(url.clone(), limit);
        function.reach().await?;
        return Ok(StreamFunction::new(Arc::new(function)));
    }
    let memory_size = deployed.map_or(DEFAULT_MEMORY_SIZE, |(_, function)| function.memory_size);
    let concurrency = invoked.invocations.concurrency as usize;
    if let Some((name, pipeline)) = find_pipeline(invoked, stream).await? {
        let log = invoked.invocations.log().await?;
        note_reingestion(&pipeline, &name);
        let function = pipeline_function(pipeline, memory_size, limit, concurrency);
        return Ok(StreamFunction::new(Arc::new(function.with_log(&log, &observer))));
    }
    let settings = process(invoked, stream).await?;
    settings.check()?;
    let log = invoked.invocations.log().await?;
    let pool = ProcessPool::new(ReplayRun::STREAM, settings, limit, concurrency, log, observer);
    let pool = Arc::new(pool);
    pool.warm_up().await?;
    Ok(StreamFunction::new(pool))
}

/// Returns the name of the function and its pipeline: the pipeline of an option, or the pipeline in the
/// environment of the template's function.
async fn find_pipeline(
    invoked: &InvokedFunctionArgs,
    stream: Option<&TemplateStream>,
) -> Result<Option<(String, Pipeline)>, CommandError> {
    if let Some(path) = &invoked.function.executable.pipeline {
        let pipeline = read_pipeline(path).await?;
        return Ok(Some((invoked.function.display_name(), pipeline)));
    }
    let deployed = stream.and_then(|stream| stream.function.as_ref());
    let Some((name, function)) = deployed else { return Ok(None) };
    match choice(invoked).inline_pipeline(name, function) {
        Some(text) => {
            let place = format!("{name}: {PIPELINE_VARIABLE}");
            let pipeline = parse_pipeline(Path::new(&place), text)?;
            Ok(Some((name.clone(), pipeline)))
        }
        None => Ok(None),
    }
}

/// Returns the settings of the function's process.
async fn process(
    invoked: &InvokedFunctionArgs,
    stream: Option<&TemplateStream>,
) -> Result<ProcessSettings, CommandError> {
    match stream {
        Some(TemplateStream { function: Some((name, function)), folder, .. }) => {
            choice(invoked).process(name, function, folder).await
        }
        Some(TemplateStream { stream, .. }) if !invoked.function.names_function() => {
            Err(CommandError::usage(format!(
                "the delivery stream {} invokes no function; name a function with --package, --binary, \
                 --handler, --pipeline or --url",
                stream.name
            )))
        }
        Some(_) | None => invoked.function.process().await,
    }
}

/// Returns the options for functions in the form that `run` uses.
fn choice(invoked: &InvokedFunctionArgs) -> FunctionChoice {
    FunctionChoice {
        named: invoked.function.clone(),
        functions: Vec::new(),
        timeout: invoked.timeout,
        invocations: invoked.invocations.clone(),
    }
}
