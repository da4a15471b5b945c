use std::{
    fs::File,
    io::{self, Write},
    sync::Arc,
};

use crate::observer::{DeliveryEvent, DeliveryObserver};

/// The file that receives the output of functions. A write error is reported, and does not end the
/// functions.
#[derive(Clone, Debug)]
pub(super) struct LogFile {
    file: Arc<File>,
    observer: Arc<dyn DeliveryObserver>,
}

impl LogFile {
    pub(super) fn new(file: Arc<File>, observer: Arc<dyn DeliveryObserver>) -> Self {
        Self { file, observer }
    }
}

impl Write for LogFile {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.file.as_ref().write(data).inspect_err(|error| {
            // `write_all` repeats an interrupted write.
            if error.kind() != io::ErrorKind::Interrupted {
                self.observer.observe(&DeliveryEvent::LogIncomplete { error });
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_ref().flush()
    }
}
