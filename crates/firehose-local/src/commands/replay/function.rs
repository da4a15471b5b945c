use std::{path::Path, sync::Arc, time::Duration};

use super::{
    super::{cannot_run::CannotRun, function_args::FunctionArgs},
    arguments::Invoked,
};
use crate::exit_code::ExitCode;
use firehose_delivery::{
    function::{Function, ProcessPool, ProcessSettings, StartError, UrlFunction},
    observer::DeliveryObserver,
};

/// The function, which is there and has been started if that is on us.
pub(super) async fn start(
    invoked: &Invoked,
    observer: &Arc<impl DeliveryObserver + 'static>,
) -> Result<(Arc<dyn Function>, Option<Arc<ProcessPool>>), CannotRun> {
    let cannot =
        |error: StartError| CannotRun { reason: error.to_string(), code: ExitCode::CouldNotStart };
    let limit = Duration::from_secs(invoked.timeout);
    if let Some(url) = &invoked.function.url {
        let function = UrlFunction::new(url.clone(), limit);
        function.reach().await.map_err(cannot)?;
        return Ok((Arc::new(function), None));
    }
    let log = invoked.invocations.log()?;
    let binary = invoked.function.executable().await.map_err(cannot)?;
    let settings = ProcessSettings::new(&binary);
    let concurrency = invoked.invocations.concurrency as usize;
    let pool = Arc::new(ProcessPool::new(
        "replay",
        settings,
        limit,
        concurrency,
        log,
        Arc::clone(observer) as _,
    ));
    pool.warm_up().await.map_err(cannot)?;
    let invoker = Arc::clone(&pool);
    Ok((invoker, Some(pool)))
}

/// What messages call the function.
pub(super) fn name(function: &FunctionArgs) -> String {
    match (&function.package, &function.binary) {
        (Some(package), _) => package.clone(),
        (None, Some(binary)) => {
            let name = binary.file_name().unwrap_or(Path::new("function").as_os_str());
            name.to_string_lossy().into_owned()
        }
        (None, None) => "function".to_owned(),
    }
}
