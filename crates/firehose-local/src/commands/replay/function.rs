use std::{io, path::Path, sync::Arc, time::Duration};

use reqwest::Url;
use tokio::{net::TcpStream, time::timeout};

use super::{
    super::{cannot_run::CannotRun, function_args::FunctionArgs},
    arguments::Invoked,
};
use crate::{
    ExitCode, StartError,
    function::FunctionSettings,
    invoker::{FunctionPool, Invoker, RemoteFunction},
    progress::Progress,
};

/// The function, which is there and has been started if that is on us.
pub(super) async fn start(
    invoked: &Invoked,
    progress: &Progress,
) -> Result<(Arc<dyn Invoker>, Option<Arc<FunctionPool>>), CannotRun> {
    let cannot =
        |error: StartError| CannotRun { reason: error.to_string(), code: ExitCode::CouldNotStart };
    let limit = Duration::from_secs(invoked.timeout);
    if let Some(url) = &invoked.function.url {
        reach(url, limit).await.map_err(cannot)?;
        return Ok((Arc::new(RemoteFunction::new(url.clone(), limit)), None));
    }
    let log = invoked.invocations.log()?;
    let binary = invoked.function.executable().await.map_err(cannot)?;
    let settings = FunctionSettings::new(&binary);
    let concurrency = invoked.invocations.concurrency as usize;
    let pool = Arc::new(FunctionPool::new(settings, limit, concurrency, log, progress.clone()));
    pool.warm_up().await.map_err(cannot)?;
    let invoker = Arc::clone(&pool);
    Ok((invoker, Some(pool)))
}

/// Finds out whether anything answers there: without, each record would fail by itself.
async fn reach(url: &Url, limit: Duration) -> Result<(), StartError> {
    let unreachable = |error: io::Error| StartError::Unreachable {
        url: url.to_string(),
        reason: error.to_string(),
    };
    let addresses = url.socket_addrs(|| None).map_err(unreachable)?;
    match timeout(limit, TcpStream::connect(addresses.as_slice())).await {
        Ok(connected) => connected.map(drop).map_err(unreachable),
        Err(_) => Err(unreachable(io::ErrorKind::TimedOut.into())),
    }
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
