use std::{io, process, thread, time::Duration};

use tokio::{
    runtime,
    signal::unix::{Signal, SignalKind, signal},
};

use crate::exit_code::ExitCode;

/// Runs async work to its end. A signal that ends programs drops the work: `None`.
///
/// A later signal ends the program at once. It has to be handled: a program that has taken over a
/// signal does not end by itself. The work must not block, by reading standard input or by writing,
/// because signals would wait for it.
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

/// The end of work that can be interrupted.
#[derive(Debug)]
pub(crate) enum Ended<T> {
    /// The work ended by itself.
    Done(T),
    /// The work wound up after a signal.
    DoneAfterInterrupt(T),
    /// A second signal dropped the work.
    Abandoned,
}

/// Runs async work on all processors to its end. A signal that ends programs calls `wind_up`, and the
/// work goes on to an end of its own. A second signal drops the work and all tasks that it spawned. A
/// later signal ends the program at once.
///
/// Blocking tasks get one second to end.
pub(crate) fn until_interrupted<T>(
    work: impl Future<Output = T>,
    wind_up: impl FnOnce(),
) -> io::Result<Ended<T>> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let mut work = std::pin::pin!(work);
        tokio::select! {
            // The signal comes first: a child such as cargo that it ended too is not the end of
            // the work.
            biased;
            () = signals.received() => wind_up(),
            result = &mut work => return Ok(Ended::Done(result)),
        }
        tokio::select! {
            result = &mut work => Ok(Ended::DoneAfterInterrupt(result)),
            () = signals.received() => Ok(Ended::Abandoned),
        }
    });
    // The threads drop their tasks, and with them the processes of functions.
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

/// The time for dropped tasks to end: an object may be on its way into a file.
const SHUTDOWN: Duration = Duration::from_secs(1);

#[expect(clippy::exit, reason = "the main thread may wait for a reader of standard output")]
fn end() -> ! {
    process::exit(ExitCode::Interrupted as i32)
}

/// The signals that end programs: Ctrl-C, a request to terminate, a closed terminal, Ctrl-\\.
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
