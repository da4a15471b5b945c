use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::causes::Causes;

/// A line longer than this is passed on whole, and not looked into.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// What a function writes: passed on to standard error as it comes, and searched for the
/// causes of failed records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    causes: Arc<Mutex<Causes>>,
}

impl Log {
    /// Reads one of the function's outputs to its end.
    pub(crate) async fn follow(self, mut output: impl AsyncRead + Unpin) {
        let mut chunk = vec![0; 8 * 1024];
        let mut line = Vec::new();
        loop {
            let read = match output.read(&mut chunk).await {
                Ok(0) | Err(_) => break,
                Ok(read) => &chunk[..read],
            };
            // A log that cannot be shown is no reason to stop the function.
            let _ = io::stderr().write_all(read);
            for part in read.split_inclusive(|byte| *byte == b'\n') {
                if line.len() < MAX_LINE_BYTES {
                    line.extend_from_slice(part);
                }
                if part.ends_with(b"\n") {
                    self.look_into(&line);
                    line.clear();
                }
            }
        }
        self.look_into(&line);
    }

    /// The causes that were found so far.
    pub(crate) fn causes(&self) -> Causes {
        self.causes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn look_into(&self, line: &[u8]) {
        self.causes.lock().unwrap_or_else(PoisonError::into_inner).look_into(line);
    }
}
