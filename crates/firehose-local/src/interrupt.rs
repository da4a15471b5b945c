use std::{io, process, thread};

use tokio::{
    runtime,
    signal::unix::{Signal, SignalKind, signal},
};

use crate::ExitCode;

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
