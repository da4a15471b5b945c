use std::{
    fs::File,
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::progress::Progress;

/// The file that functions' output goes to. That it takes no more is said once, and is no reason
/// to end the functions.
#[derive(Clone, Debug)]
pub(super) struct LogFile {
    file: Arc<File>,
    is_said: Arc<AtomicBool>,
    progress: Progress,
}

impl LogFile {
    pub(super) fn new(file: Arc<File>, is_said: Arc<AtomicBool>, progress: Progress) -> Self {
        Self { file, is_said, progress }
    }
}

impl Write for LogFile {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.file.as_ref().write(data).inspect_err(|error| {
            // An interrupted write is tried again.
            let is_final = error.kind() != io::ErrorKind::Interrupted;
            if is_final && !self.is_said.swap(true, Ordering::Relaxed) {
                self.progress.say(format_args!("--log is not complete: {error}"));
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_ref().flush()
    }
}
