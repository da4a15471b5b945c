use std::{sync::Arc, time::Duration};

use super::{super::command_error::CommandError, arguments::Invoked};
use firehose_delivery::{
    function::{Function, ProcessPool, ProcessSettings, UrlFunction},
    observer::DeliveryObserver,
};

/// The function, which is there and has been started if that is on us.
pub(super) async fn start(
    invoked: &Invoked,
    observer: &Arc<impl DeliveryObserver + 'static>,
) -> Result<(Arc<dyn Function>, Option<Arc<ProcessPool>>), CommandError> {
    let limit = Duration::from_secs(invoked.timeout);
    if let Some(url) = &invoked.function.url {
        let function = UrlFunction::new(url.clone(), limit);
        function.reach().await?;
        return Ok((Arc::new(function), None));
    }
    let log = invoked.invocations.log()?;
    let binary = invoked.function.build().await?;
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
    pool.warm_up().await?;
    let invoker = Arc::clone(&pool);
    Ok((invoker, Some(pool)))
}
