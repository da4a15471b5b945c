use std::{io, process, thread, time::Duration};

use rustix::process as process_signal;
use tokio::{
    runtime,
    signal::unix::{Signal, SignalKind, signal},
};

use crate::exit_code::ExitCode;

/// Runs async work to its end. Returns `None` if a [signal](Signals) comes first. The signal drops
/// the work.
///
/// After this function returns, the next signal ends the program at once. A thread waits for this
/// signal and ends the program, because the handlers stay installed and replace the default action
/// of the signals. The work must not block, for example on standard input or output, because a
/// blocked thread handles no signal.
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
    /// The work ended by itself after a signal.
    DoneAfterInterrupt(T),
    /// A second signal dropped the work.
    Abandoned,
}

/// Runs async work on all processors to its end. A [signal](Signals) calls `ask_to_end`, after
/// which the work continues until it ends by itself. A second signal drops the work and all its
/// tasks. A later signal ends the program at once.
///
/// After a second signal, the program ends within [`SECOND_SIGNAL_LIMIT`], even if the program
/// still waits for a reader of its output.
pub(crate) fn until_interrupted<T>(
    work: impl Future<Output = T>,
    ask_to_end: impl FnOnce(),
) -> io::Result<Ended<T>> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let mut work = std::pin::pin!(work);
        tokio::select! {
            // Checks the signals first: Ctrl-C also ends child processes, such as cargo, and the
            // work would then report a failed child.
            biased;
            () = signals.received() => ask_to_end(),
            result = &mut work => return Ok(Ended::Done(result)),
        }
        tokio::select! {
            result = &mut work => Ok(Ended::DoneAfterInterrupt(result)),
            () = signals.received() => {
                thread::spawn(|| {
                    thread::sleep(SECOND_SIGNAL_LIMIT);
                    end()
                });
                Ok(Ended::Abandoned)
            }
        }
    });
    end_on_signal();
    // The threads drop their tasks, and with them the processes of functions.
    runtime.shutdown_timeout(SHUTDOWN);
    ended
}

/// Ends the program at the next [signal](Signals), for work that may block.
pub(crate) fn end_on_signal() {
    thread::spawn(|| -> io::Result<()> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            Signals::new()?.received().await;
            end()
        })
    });
}

/// The time for dropped tasks to end. Such a task may be writing an object to a file.
const SHUTDOWN: Duration = Duration::from_millis(500);

/// The longest time from the second signal to the end of the program, for the shutdown and the
/// output of the report. The documentation promises two seconds.
const SECOND_SIGNAL_LIMIT: Duration = Duration::from_millis(1500);

#[expect(clippy::exit, reason = "the main thread may wait for a reader of standard output")]
fn end() -> ! {
    process::exit(ExitCode::Interrupted as i32)
}

/// The signals that end programs: Ctrl-C, a request to terminate, a closed terminal, Ctrl-\\.
pub(crate) struct Signals([Signal; 4]);

/// A signal that has arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReceivedSignal(process_signal::Signal);

impl ReceivedSignal {
    /// Sends the signal to a process, unless it has ended.
    pub(crate) fn send(self, process: Option<u32>) {
        let process = process.and_then(|id| process_signal::Pid::from_raw(id.cast_signed()));
        // A process that has just ended needs no signal.
        let _ = process.map(|process| process_signal::kill_process(process, self.0));
    }
}

impl Signals {
    /// Replaces the default actions of the signals.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self([
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
            signal(SignalKind::quit())?,
        ]))
    }

    async fn received(&mut self) {
        self.next().await;
    }

    /// Waits for a signal.
    pub(crate) async fn next(&mut self) -> ReceivedSignal {
        let [interrupt, terminate, hangup, quit] = &mut self.0;
        ReceivedSignal(tokio::select! {
            _ = interrupt.recv() => process_signal::Signal::INT,
            _ = terminate.recv() => process_signal::Signal::TERM,
            _ = hangup.recv() => process_signal::Signal::HUP,
            _ = quit.recv() => process_signal::Signal::QUIT,
        })
    }
}
