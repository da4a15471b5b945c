use std::{
    io::{PipeReader, Read, Write},
    thread,
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

/// A line longer than this is passed on whole, and not looked into.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// How long the rest of the log may take once the function has answered or ended.
const GRACE: Duration = Duration::from_millis(500);

/// What a function writes: passed on as it comes, to standard error for example, and shown to
/// whoever looks for something in it, line by line.
///
/// A thread of its own does that, since whoever reads our standard error may take his time,
/// and neither a time-out nor a signal should wait for him.
#[derive(Debug)]
pub(crate) struct Log {
    ended: oneshot::Receiver<()>,
}

impl Log {
    /// Follows a function's output to its end: passes it on, and shows `look_into` each line.
    pub(crate) fn follow(
        output: PipeReader,
        to: impl Write + Send + 'static,
        look_into: impl FnMut(&[u8]) + Send + 'static,
    ) -> Self {
        let (end, ended) = oneshot::channel();
        thread::spawn(move || {
            pass_on(output, to, look_into);
            // Nobody may be waiting any more.
            let _ = end.send(());
        });
        Self { ended }
    }

    /// Waits until all is read, or has taken too long.
    pub(crate) async fn ended(&mut self) {
        let _ = timeout(GRACE, &mut self.ended).await;
    }
}

fn pass_on(mut output: PipeReader, mut to: impl Write, mut look_into: impl FnMut(&[u8])) {
    let mut chunk = vec![0; 8 * 1024];
    let mut line = Vec::new();
    loop {
        let read = match output.read(&mut chunk) {
            Ok(0) | Err(_) => break,
            Ok(read) => &chunk[..read],
        };
        // A log that cannot be shown is no reason to stop the function.
        let _ = to.write_all(read);
        for part in read.split_inclusive(|byte| *byte == b'\n') {
            if line.len() < MAX_LINE_BYTES {
                line.extend_from_slice(part);
            }
            if part.ends_with(b"\n") {
                look_into(&line);
                line.clear();
            }
        }
    }
    look_into(&line);
}
