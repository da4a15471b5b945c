use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use uuid::Uuid;

use super::{
    failed_record::FailedRecord, remaining_format::RemainingFormat, replay_source::ReplaySource,
};
use crate::{
    atomic_file::AtomicFile,
    delivery_stream::{EventWriter, MAX_EVENT_BYTES, StreamRecord},
};

/// The file of the records that are neither recovered nor dropped. The file appears under its name
/// once it is complete.
#[derive(Debug)]
pub struct Remaining {
    file: AtomicFile,
    path: PathBuf,
    format: RemainingFormat,
    events: EventWriter,
    /// The records of the event that [`finish`](Self::finish) writes.
    records: Vec<Arc<StreamRecord>>,
    event_bytes: usize,
    counts: RemainingCounts,
}

/// The counts of the records and lines in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RemainingCounts {
    /// Records and lines in the file.
    pub written: u64,
    /// Records and lines that the format of the file cannot hold.
    pub left_out: u64,
    /// The records of `left_out` that are outputs of the function. Only
    /// [`ErrorLines`](RemainingFormat::ErrorLines) marks a record as an output. In any other format,
    /// the function would transform the record again.
    pub left_out_outputs: u64,
}

/// The result of writing a record or a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Yes,
    /// The format cannot hold the record or the line.
    LeftOut,
    /// The record is an output of the function, and the format is for original records.
    OutputLeftOut,
}

impl Remaining {
    /// Creates the file under a temporary name, which the file has until it is complete.
    ///
    /// # Errors
    ///
    /// If the file exists and `replace` is `false`, or if the file cannot be created.
    pub fn create(path: &Path, replace: bool, format: RemainingFormat) -> io::Result<Self> {
        let file = AtomicFile::create(path, replace)?;
        let (path, events) = (path.to_owned(), ReplaySource::of(None).events());
        let (event_bytes, counts) = (events.envelope_len(), RemainingCounts::default());
        Ok(Self { file, path, format, events, records: Vec::new(), event_bytes, counts })
    }

    /// Sets the writer of the event. The file has no records yet.
    pub(super) fn with_events(self, events: EventWriter) -> Self {
        Self { event_bytes: events.envelope_len(), events, ..self }
    }

    /// Returns the path of the complete file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns `true` if the format keeps error lines.
    pub(super) fn takes_lines(&self) -> bool {
        self.format == RemainingFormat::ErrorLines
    }

    /// Writes a record.
    pub(super) fn push(&mut self, record: &FailedRecord) -> io::Result<()> {
        let written = self.write(record)?;
        self.count(written);
        Ok(())
    }

    /// Writes a line without a record for the replay.
    pub(super) fn push_line(&mut self, line: &Bytes) -> io::Result<()> {
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
            Written::OutputLeftOut => {
                self.counts.left_out += 1;
                self.counts.left_out_outputs += 1;
            }
        }
    }

    fn write(&mut self, failed: &FailedRecord) -> io::Result<Written> {
        let record = &failed.record;
        match self.format {
            RemainingFormat::ErrorLines => match &failed.line {
                Some(line) => self.write_line(line),
                None => Ok(Written::LeftOut),
            },
            // The reader of the file would send the output through the function again.
            RemainingFormat::Lines | RemainingFormat::Event if failed.is_output => {
                Ok(Written::OutputLeftOut)
            }
            RemainingFormat::Lines => {
                let data = record.data.strip_suffix(b"\n").unwrap_or(&record.data);
                // A newline in the data would make several records of one.
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

    /// Completes the file, and returns the counts of its contents.
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

    fn failed(data: impl Into<Bytes>) -> FailedRecord {
        let data = data.into();
        let record = StreamRecord {
            position: 1,
            record_id: "1".to_owned(),
            arrival_timestamp: jiff::Timestamp::UNIX_EPOCH,
            data,
            processed: None,
            kinesis: None,
            msk: None,
        };
        FailedRecord {
            record: Arc::new(record),
            line: Some("a line".into()),
            is_output: false,
            error_code: "code".into(),
        }
    }

    /// Writes records with these data. Returns the content of the file and the number of its
    /// records.
    fn written(format: RemainingFormat, data: &[Bytes]) -> (Vec<u8>, u64) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("remaining");
        let mut remaining = Remaining::create(&path, false, format).unwrap();
        data.iter().for_each(|data| remaining.push(&failed(data.clone())).unwrap());
        let counts = remaining.finish().unwrap();
        assert_eq!(counts.written + counts.left_out, data.len() as u64);
        (fs::read(path).unwrap(), counts.written)
    }

    #[test]
    fn a_record_that_contains_a_newline_is_left_out_of_lines() {
        let data = ["a", "b\n", "", "c\nd", "\n\n", "e\r\n"].map(Bytes::from);
        let (text, count) = written(RemainingFormat::Lines, &data);
        assert_eq!((text.as_slice(), count), (b"a\nb\n\ne\r\n".as_slice(), 4));
    }

    #[test]
    fn only_error_lines_hold_an_output() {
        let folder = tempfile::tempdir().unwrap();
        for (format, is_held) in [
            (RemainingFormat::ErrorLines, true),
            (RemainingFormat::Lines, false),
            (RemainingFormat::Event, false),
        ] {
            let path = folder.path().join(format!("{format:?}"));
            let mut remaining = Remaining::create(&path, false, format).unwrap();
            remaining.push(&FailedRecord { is_output: true, ..failed("done") }).unwrap();
            let left_out = u64::from(!is_held);
            let expected = RemainingCounts {
                written: u64::from(is_held),
                left_out,
                left_out_outputs: left_out,
            };
            assert_eq!(remaining.finish().unwrap(), expected, "{format:?}");
        }
    }

    #[test]
    fn an_event_is_at_most_as_long_as_lambda_allows() {
        let data = vec![Bytes::from(vec![b'x'; 1 << 20]); 6];
        let (event, count) = written(RemainingFormat::Event, &data);
        assert!(event.len() <= MAX_EVENT_BYTES, "{}", event.len());
        assert_eq!((Event::parse(&event).unwrap().records.len(), count), (4, 4));
        let (event, _) = written(RemainingFormat::Event, &[]);
        assert!(Event::parse(&event).unwrap().records.is_empty());
    }

    #[test]
    fn an_existing_file_is_replaced_only_on_request() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("remaining");
        fs::write(&path, "precious").unwrap();
        let create = |replace| Remaining::create(&path, replace, RemainingFormat::Lines);
        assert_eq!(create(false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"precious");
        create(true).unwrap().finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
    }
}
