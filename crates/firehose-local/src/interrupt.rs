use std::io;

use tokio::{
    runtime,
    signal::unix::{SignalKind, signal},
};

/// Runs async work to its end, or to Ctrl-C or a SIGTERM, which drop it: `None`.
///
/// What blocks (reading standard input, building a package) has no place in here. Outside,
/// those signals end the process at once, which is right as long as no function runs.
pub(crate) fn interruptible<T>(work: impl Future<Output = T>) -> io::Result<Option<T>> {
    runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            result = work => Ok(Some(result)),
            _ = interrupt.recv() => Ok(None),
            _ = terminate.recv() => Ok(None),
        }
    })
}
