use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

use super::{
    error_codes::ErrorCodes,
    error_objects::ErrorObjects,
    failed_record::FailedRecord,
    raw_data::{RawData, UnknownRawData},
    raw_data_mark::{read_mark, write_mark},
    replay_source::ReplaySource,
    replay_stages::ReplayStages,
    replay_stats::{ReplayStats, UndecidedLine},
};
use crate::{
    delivery_stream::{
        BufferingHints, DeliveryFailure, ErrorLine, EventWriter, MEGABYTE, StreamRecord,
    },
    observer::{DeliveryEvent, DeliveryObserver},
    processors::LambdaBuffer,
    store::{StoreError, StoredLine},
};

/// A result of reading lines.
#[derive(Debug)]
pub(super) enum ReadLines {
    /// The failed records of one event.
    Batch(Vec<FailedRecord>),
    /// A record that failed after the function.
    Output(FailedRecord),
    /// A record that a processor before the function rejects.
    Rejected(FailedRecord, DeliveryFailure),
    /// A line without a record for the replay: the line holds no failed record, or the content of
    /// its `rawData` is unknown.
    Line(Bytes),
}

/// A reader of error lines that collects their records in batches.
#[derive(Debug)]
pub(super) struct ErrorLineReader {
    objects: ErrorObjects,
    /// `true` if the results keep the text of the lines.
    keep_lines: bool,
    /// The content to assume for `rawData` in lines that do not determine this content.
    raw_data: Option<RawData>,
    source: ReplaySource,
    stages: Arc<ReplayStages>,
    buffer: LambdaBuffer,
    /// The failed records in `buffer`, in the same order.
    originals: VecDeque<FailedRecord>,
    codes: ErrorCodes,
    stats: Arc<Mutex<ReplayStats>>,
    observer: Arc<dyn DeliveryObserver>,
    /// The number of lines that no event has reported yet, and their size in bytes.
    unreported: (u64, u64),
}

impl ErrorLineReader {
    pub(super) fn new(
        objects: ErrorObjects,
        keep_lines: bool,
        raw_data: Option<RawData>,
        source: ReplaySource,
        stages: Arc<ReplayStages>,
        stats: Arc<Mutex<ReplayStats>>,
        observer: Arc<dyn DeliveryObserver>,
    ) -> Self {
        // The sizes of the records complete a batch. Nothing checks the interval.
        let hints = BufferingHints { size: MEGABYTE, interval: Duration::from_secs(60) };
        Self {
            objects,
            keep_lines,
            raw_data,
            source,
            stages,
            buffer: LambdaBuffer::new(hints),
            originals: VecDeque::new(),
            codes: ErrorCodes::default(),
            stats,
            observer,
            unreported: (0, 0),
        }
    }

    /// Reads until the end or until `stop`, and sends all records that were read.
    pub(super) async fn run(
        mut self,
        mut stop: watch::Receiver<bool>,
        to: mpsc::Sender<ReadLines>,
    ) {
        loop {
            let line = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break,
                line = self.objects.next() => line,
            };
            let read = match line {
                None => {
                    self.stats().read_to_end = true;
                    break;
                }
                Some(Ok(line)) => match self.take(&line) {
                    Ok(read) => read,
                    Err(reason) => match self.keep_undecided(&line, reason) {
                        Some(kept) => vec![kept],
                        None => break,
                    },
                },
                Some(Err(error)) if self.skip(&error) => continue,
                Some(Err(_)) => break,
            };
            for read in read {
                if to.send(read).await.is_err() {
                    return;
                }
            }
        }
        self.report_read();
        if let Some(records) = self.buffer.take() {
            let _ = to.send(self.batch(&records)).await;
        }
    }

    /// Takes a line. Returns its results: an unreadable line, an output, a rejected record, or the
    /// batches that are complete. A batch is complete before a record that has no room in it, or
    /// with its last record.
    ///
    /// # Errors
    ///
    /// If the content of `rawData` is unknown. The line then does not count as read.
    fn take(&mut self, line: &StoredLine) -> Result<Vec<ReadLines>, UnknownRawData> {
        let parsed = ErrorLine::parse(&line.text);
        let raw_data = match &parsed {
            Ok(parsed) => self.raw_data_of(line, parsed)?,
            Err(_) => RawData::Original,
        };
        let position = self.count_line(line);
        self.stats().unreadable += u64::from(parsed.is_err());
        let text = self.keep_lines.then(|| match &parsed {
            Ok(parsed) => marked_line(&line.text, parsed, raw_data),
            Err(_) => Bytes::copy_from_slice(&line.text),
        });
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(error) => {
                let (object, line, reason) = (&*line.object, line.number, &error.to_string());
                self.observer.observe(&DeliveryEvent::LineRefused { object, line, reason });
                return Ok(text.map(ReadLines::Line).into_iter().collect());
            }
        };
        let error_code = self.codes.get(parsed.error_code.as_deref());
        let data = parsed.raw_data.clone();
        let record = Arc::new(self.source.put(position, parsed.arrival_timestamp, data));
        let is_output = raw_data == RawData::Output;
        let failed =
            FailedRecord { record: Arc::clone(&record), line: text, error_code, is_output };
        if is_output {
            return Ok(vec![ReadLines::Output(failed)]);
        }
        let mut records = Vec::new();
        match self.stages.replace(&record, &mut records) {
            Err(failure) => return Ok(vec![ReadLines::Rejected(failed, failure)]),
            Ok(0) => self.stats().counts(&failed.error_code).dropped += 1,
            Ok(count) => self.stats().added += count as u64 - 1,
        }
        let is_split = records.len() > 1;
        let mut batches = Vec::new();
        for record in records {
            let line = match is_split && self.keep_lines {
                // Only the parts that still fail remain.
                true => Some(part_line(&parsed, &record.data)),
                false => failed.line.clone(),
            };
            let event_bytes = EventWriter::record_len(&record);
            let full = self.buffer.push(&record, event_bytes, Instant::now());
            self.originals.push_back(FailedRecord { record, line, ..failed.clone() });
            batches.extend(full.into_iter().flatten().map(|records| self.batch(&records)));
        }
        Ok(batches)
    }

    /// Keeps a line whose content is unknown for the file of remaining records. Without such a file,
    /// returns `None`, and the line does not count as read: the reading ends before the line, so
    /// that another replay can continue with the line.
    fn keep_undecided(&mut self, line: &StoredLine, reason: UnknownRawData) -> Option<ReadLines> {
        {
            let mut stats = self.stats();
            stats.undecided_lines += u64::from(self.keep_lines);
            stats.undecided.get_or_insert_with(|| UndecidedLine {
                object: Arc::clone(&line.object),
                line: line.number,
                reason,
            });
        }
        if !self.keep_lines {
            return None;
        }
        self.count_line(line);
        Some(ReadLines::Line(Bytes::copy_from_slice(&line.text)))
    }

    /// Returns the content of `rawData` in a line.
    fn raw_data_of(
        &self,
        line: &StoredLine,
        parsed: &ErrorLine,
    ) -> Result<RawData, UnknownRawData> {
        let code = parsed.error_code.as_deref();
        let mark = read_mark(&line.text);
        RawData::of(mark, code, &line.object, &parsed.raw_data, self.raw_data)
    }

    /// Counts a read error. Returns `true` if the reading continues.
    fn skip(&self, error: &StoreError) -> bool {
        let is_of_server = self.objects.is_of_server(error);
        let ends_reading = is_of_server || self.objects.misses_start();
        {
            let mut stats = self.stats();
            stats.gaps += 1;
            stats.store_failed |= is_of_server;
        }
        self.observer.observe(&DeliveryEvent::ErrorObjectFailed { error, ends_reading });
        !ends_reading
    }

    /// Returns the batch of these records, which are the first records of `originals`.
    fn batch(&mut self, records: &[Arc<StreamRecord>]) -> ReadLines {
        let count = records.len().min(self.originals.len());
        ReadLines::Batch(self.originals.drain(..count).collect())
    }

    /// Counts a line, and returns the number of lines so far. Reports the counted lines after every
    /// 512 lines or 64 KiB.
    fn count_line(&mut self, line: &StoredLine) -> u64 {
        const CHUNK: (u64, u64) = (512, 64 * 1024);
        self.unreported.0 += 1;
        self.unreported.1 += line.text.len() as u64 + 1;
        if self.unreported.0 >= CHUNK.0 || self.unreported.1 >= CHUNK.1 {
            self.report_read();
        }
        let mut stats = self.stats();
        stats.lines += 1;
        stats.last = Some((Arc::clone(&line.object), line.number));
        stats.lines
    }

    fn report_read(&mut self) {
        let (records, bytes) = std::mem::take(&mut self.unreported);
        if records > 0 {
            self.observer.observe(&DeliveryEvent::InputRead { records, bytes });
        }
    }

    fn stats(&self) -> MutexGuard<'_, ReplayStats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a line for the file of remaining records. Marks the line if another replay of the line
/// alone, without the name of the object and without settings, would not find the same content.
fn marked_line(text: &[u8], parsed: &ErrorLine, raw_data: RawData) -> Bytes {
    let mark = read_mark(text);
    let has_mark = !matches!(mark, Ok(None));
    let alone = RawData::of(mark, parsed.error_code.as_deref(), "", &parsed.raw_data, None);
    if has_mark || alone == Ok(raw_data) {
        return Bytes::copy_from_slice(text);
    }
    write_mark(text, raw_data)
}

/// Returns the line of a part of an original record.
fn part_line(parsed: &ErrorLine, part: &Bytes) -> Bytes {
    let line = ErrorLine { raw_data: part.clone(), ..parsed.clone() };
    let mut text = Vec::new();
    line.write(&mut text);
    marked_line(text.trim_ascii_end(), &line, RawData::Original)
}
