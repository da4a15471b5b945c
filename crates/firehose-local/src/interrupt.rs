use std::{io, process, thread, time::Duration};

use tokio::{
    runtime,
    signal::unix::{Signal, SignalKind, signal},
};

use crate::exit_code::ExitCode;

/// Runs async work to its end, or to a signal that ends a program, which drops it: `None`.
///
/// Signals that come later end the program at once: once a program has taken them over, they
/// do nothing by themselves. What blocks (reading standard input, writing) has no place in
/// here, where it would keep them waiting.
pub(crate) fn interruptible<T>(work: impl Future<Output = T>) -> io::Result<Option<T>> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let (result, mut signals) = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let result = tokio::select! {
            result = work => Some(result),
            () = signals.received() => None,
        };
        io::Result::Ok((result, signals))
    })?;
    thread::spawn(move || {
        runtime.block_on(signals.received());
        end();
    });
    Ok(result)
}

/// How work that can be interrupted came to its end.
#[derive(Debug)]
pub(crate) enum Ended<T> {
    /// By itself.
    Done(T),
    /// After a signal, by winding up.
    DoneAfterInterrupt(T),
    /// By a second signal, which dropped it.
    Abandoned,
}

/// Runs async work on all processors to its end. A signal that ends a program calls `wind_up`,
/// and the work goes on to an end of its own; another one drops it, and with it all that it has
/// spawned. A signal that comes after that ends the program at once.
///
/// What blocks is not waited for, or not for long.
pub(crate) fn until_interrupted<T>(
    work: impl Future<Output = T>,
    wind_up: impl FnOnce(),
) -> io::Result<Ended<T>> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let mut work = std::pin::pin!(work);
        tokio::select! {
            // What a signal has ended besides, as cargo, is no end of the work.
            biased;
            () = signals.received() => wind_up(),
            result = &mut work => return Ok(Ended::Done(result)),
        }
        tokio::select! {
            result = &mut work => Ok(Ended::DoneAfterInterrupt(result)),
            () = signals.received() => Ok(Ended::Abandoned),
        }
    });
    // Tasks are dropped by their threads, and what they hold may be processes of functions.
    runtime.shutdown_timeout(SHUTDOWN);
    thread::spawn(|| -> io::Result<()> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            Signals::new()?.received().await;
            end()
        })
    });
    ended
}

/// How long what has been dropped may take to be gone: an object may be on its way into a file.
const SHUTDOWN: Duration = Duration::from_secs(1);

#[expect(clippy::exit, reason = "the main thread may be waiting for somebody to read on")]
fn end() -> ! {
    process::exit(ExitCode::Interrupted as i32)
}

/// Ctrl-C, a request to terminate, a closed terminal, Ctrl-\\.
struct Signals([Signal; 4]);

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self([
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
            signal(SignalKind::quit())?,
        ]))
    }

    async fn received(&mut self) {
        let [interrupt, terminate, hangup, quit] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
            _ = quit.recv() => {}
        }
    }
}
