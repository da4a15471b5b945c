use std::{
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use bytes::Bytes;
use uuid::Uuid;

use super::{atomic_file::AtomicFile, failed_record::FailedRecord};
use crate::delivery_stream::{EventWriter, MAX_EVENT_BYTES, StreamRecord};

/// The file with what is neither recovered nor dropped, whole or not at all.
#[derive(Debug)]
pub struct Remaining {
    file: AtomicFile,
    format: RemainingFormat,
    events: EventWriter,
    /// Of an event, which is written as a whole.
    records: Vec<Arc<StreamRecord>>,
    event_bytes: usize,
    counts: RemainingCounts,
}

/// What is in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RemainingCounts {
    /// Records and lines.
    pub written: u64,
    /// Those that would belong there, and that its form cannot hold.
    pub left_out: u64,
}

/// How what still fails is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemainingFormat {
    /// The error lines as they were, to be replayed again; unreadable lines too
    ErrorLines,
    /// The records alone, each with a newline after it
    Lines,
    /// One Firehose event, as far as they fit into it, for `invoke` and for fixtures
    Event,
}

/// What became of something that was to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Yes,
    /// The format has no way to hold it.
    LeftOut,
}

impl Remaining {
    /// Makes the file, which has its name only once it is finished.
    ///
    /// # Errors
    ///
    /// If there is one already that may not be replaced, or it cannot be made.
    pub fn create(
        path: &Path,
        replace: bool,
        format: RemainingFormat,
        events: EventWriter,
    ) -> io::Result<Self> {
        let file = AtomicFile::create(path, replace)?;
        let (event_bytes, records) = (events.envelope_len(), Vec::new());
        Ok(Self { file, format, events, records, event_bytes, counts: RemainingCounts::default() })
    }

    /// Whether it takes lines as they were.
    pub(super) fn takes_lines(&self) -> bool {
        self.format == RemainingFormat::ErrorLines
    }

    /// Writes a record.
    pub(super) fn push(&mut self, original: &FailedRecord) -> io::Result<()> {
        let written = self.write(original)?;
        self.count(written);
        Ok(())
    }

    /// Writes a line that is none of a failed record.
    pub(super) fn push_unreadable(&mut self, line: &Bytes) -> io::Result<()> {
        let written = match self.format {
            RemainingFormat::ErrorLines => self.write_line(line)?,
            RemainingFormat::Lines | RemainingFormat::Event => Written::LeftOut,
        };
        self.count(written);
        Ok(())
    }

    fn count(&mut self, written: Written) {
        match written {
            Written::Yes => self.counts.written += 1,
            Written::LeftOut => self.counts.left_out += 1,
        }
    }

    fn write(&mut self, original: &FailedRecord) -> io::Result<Written> {
        let record = &original.record;
        match self.format {
            RemainingFormat::ErrorLines => match &original.line {
                Some(line) => self.write_line(line),
                None => Ok(Written::LeftOut),
            },
            RemainingFormat::Lines => {
                let data = record.data.strip_suffix(b"\n").unwrap_or(&record.data);
                // It would come back as several records.
                if data.contains(&b'\n') {
                    return Ok(Written::LeftOut);
                }
                self.write_line(data)
            }
            RemainingFormat::Event => {
                let bytes = self.event_bytes + EventWriter::record_len(record);
                if bytes > MAX_EVENT_BYTES {
                    return Ok(Written::LeftOut);
                }
                self.event_bytes = bytes;
                self.records.push(Arc::clone(record));
                Ok(Written::Yes)
            }
        }
    }

    fn write_line(&mut self, line: &[u8]) -> io::Result<Written> {
        self.file.write_all(line)?;
        self.file.write_all(b"\n")?;
        Ok(Written::Yes)
    }

    /// Writes what is still to be written, and says what is in the file.
    pub(super) fn finish(mut self) -> io::Result<RemainingCounts> {
        if self.format == RemainingFormat::Event {
            self.file.write_all(&self.events.write(&self.records, Uuid::new_v4()))?;
            self.file.write_all(b"\n")?;
        }
        self.file.finish()?;
        Ok(self.counts)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use firehose_runtime::Event;

    use super::*;

    fn original(data: impl Into<Bytes>) -> FailedRecord {
        let data = data.into();
        let record = StreamRecord {
            position: 1,
            record_id: "1".to_owned(),
            arrival_timestamp: jiff::Timestamp::UNIX_EPOCH,
            data,
            kinesis: None,
        };
        FailedRecord {
            record: Arc::new(record),
            line: Some("a line".into()),
            before: "code".into(),
        }
    }

    /// What is written of these, and how many of them are.
    fn written(format: RemainingFormat, data: &[Bytes]) -> (Vec<u8>, u64) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rest");
        let events = EventWriter::new("arn", "region", None);
        let mut rest = Remaining::create(&path, false, format, events).unwrap();
        data.iter().for_each(|data| rest.push(&original(data.clone())).unwrap());
        let counts = rest.finish().unwrap();
        assert_eq!(counts.written + counts.left_out, data.len() as u64);
        (fs::read(path).unwrap(), counts.written)
    }

    #[test]
    fn a_record_with_a_newline_in_it_is_no_line() {
        let data = ["a", "b\n", "", "c\nd", "\n\n", "e\r\n"].map(Bytes::from);
        let (text, count) = written(RemainingFormat::Lines, &data);
        assert_eq!((text.as_slice(), count), (b"a\nb\n\ne\r\n".as_slice(), 4));
    }

    #[test]
    fn an_event_is_as_long_as_lambda_takes_it_and_no_longer() {
        let data = vec![Bytes::from(vec![b'x'; 1 << 20]); 6];
        let (event, count) = written(RemainingFormat::Event, &data);
        assert!(event.len() <= MAX_EVENT_BYTES, "{}", event.len());
        assert_eq!((Event::parse(&event).unwrap().records.len(), count), (4, 4));
        let (event, _) = written(RemainingFormat::Event, &[]);
        assert!(Event::parse(&event).unwrap().records.is_empty());
    }

    #[test]
    fn a_file_that_is_there_is_replaced_only_if_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rest");
        fs::write(&path, "precious").unwrap();
        let create = |replace| {
            let events = EventWriter::new("arn", "region", None);
            Remaining::create(&path, replace, RemainingFormat::Lines, events)
        };
        assert_eq!(create(false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"precious");
        create(true).unwrap().finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
    }
}
