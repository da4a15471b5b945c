use std::{
    io::{PipeReader, Read, Write},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

use crate::causes::Causes;

/// A line longer than this is passed on whole, and not looked into.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// How long the rest of the log may take once the function has answered or ended.
const GRACE: Duration = Duration::from_millis(500);

/// What a function writes: passed on as it comes, to standard error for example, and searched
/// for the causes of failed records.
///
/// A thread of its own does that, since whoever reads our standard error may take his time,
/// and neither a time-out nor a signal should wait for him.
#[derive(Debug)]
pub(crate) struct Log {
    causes: Arc<Mutex<Causes>>,
    ended: oneshot::Receiver<()>,
}

impl Log {
    /// Follows a function's output to its end, and passes it on.
    pub(crate) fn follow(output: PipeReader, to: impl Write + Send + 'static) -> Self {
        let causes = Arc::new(Mutex::new(Causes::default()));
        let (end, ended) = oneshot::channel();
        let found = Arc::clone(&causes);
        thread::spawn(move || {
            pass_on(output, to, &found);
            // Nobody may be waiting any more.
            let _ = end.send(());
        });
        Self { causes, ended }
    }

    /// The causes that were found, once all is read or has taken too long.
    pub(crate) async fn causes(&mut self) -> Causes {
        let _ = timeout(GRACE, &mut self.ended).await;
        self.causes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn pass_on(mut output: PipeReader, mut to: impl Write, causes: &Mutex<Causes>) {
    let look_into = |line: &[u8]| {
        causes.lock().unwrap_or_else(PoisonError::into_inner).look_into(line);
    };
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
