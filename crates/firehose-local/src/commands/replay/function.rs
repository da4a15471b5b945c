use std::{sync::Arc, time::Duration};

use super::{
    super::{
        command_error::CommandError,
        pipeline_file::{note_reingestion, read_pipeline},
        pipeline_function::{DEFAULT_MEMORY_SIZE, pipeline_function},
    },
    arguments::InvokedFunctionArgs,
};
use firehose_delivery::{
    function::{ProcessPool, ProcessSettings, UrlFunction},
    observer::DeliveryObserver,
    replay::ReplayRun,
    run::StreamFunction,
};

/// Builds and starts the function, or connects to the function behind a URL. Opens the log once the
/// function can start.
pub(super) async fn start(
    invoked: &InvokedFunctionArgs,
    observer: Arc<dyn DeliveryObserver>,
) -> Result<StreamFunction, CommandError> {
    let limit = Duration::from_secs(invoked.timeout);
    if let Some(url) = &invoked.function.url {
        let function = UrlFunction::new(url.clone(), limit);
        function.reach().await?;
        return Ok(StreamFunction::new(Arc::new(function)));
    }
    let concurrency = invoked.invocations.concurrency as usize;
    if let Some(path) = &invoked.function.executable.pipeline {
        let pipeline = read_pipeline(path).await?;
        let log = invoked.invocations.log().await?;
        note_reingestion(&pipeline, &invoked.function.display_name());
        let function = pipeline_function(pipeline, DEFAULT_MEMORY_SIZE, limit, concurrency);
        return Ok(StreamFunction::new(Arc::new(function.with_log(&log, &observer))));
    }
    let settings = ProcessSettings::new(&invoked.function.build().await?);
    settings.check()?;
    let log = invoked.invocations.log().await?;
    let pool = ProcessPool::new(ReplayRun::STREAM, settings, limit, concurrency, log, observer);
    let pool = Arc::new(pool);
    pool.warm_up().await?;
    Ok(StreamFunction::new(pool))
}
