use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{
    chunk::Chunk,
    delivery_stats::DeliveryStats,
    input_stats::InputStats,
    input_task::{InputTask, Message},
    put_result::PutResult,
    stream_delivery::StreamDelivery,
    wanted_positions::WantedPositions,
};
use crate::{
    delivery_stream::StreamRecord,
    observer::{DeliveryEvent, DeliveryObserver},
};

/// Delivers the records of an input, until the input ends, `stop` becomes `true`, or a
/// delivery stream panics. Also delivers the records that were read before.
///
/// The counts are shared with the caller, so that they stay correct if this future is dropped.
pub(crate) async fn deliver(
    mut input: InputTask,
    streams: Vec<StreamDelivery>,
    mut stop: watch::Receiver<bool>,
    observer: &dyn DeliveryObserver,
    stats: &Mutex<InputStats>,
) {
    let mut counter = InputCounter { stats, observer, last_read: 0 };
    counter.stats().started = Some(Instant::now());
    let mut tasks = JoinSet::new();
    let mut running = Vec::new();
    for stream in streams {
        let (chunks, receiver) = mpsc::channel(2);
        let (name, stats) = (stream.name().to_owned(), stream.shared_stats());
        running.push(RunningStream { name, stats, wanted: stream.wanted(), chunks });
        tasks.spawn(stream.run(receiver));
    }
    let mut is_stopped = false;
    loop {
        let messages = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop), if !is_stopped => {
                is_stopped = true;
                input.close();
                continue;
            }
            messages = input.next() => messages,
        };
        if messages.is_empty() {
            break;
        }
        let chunk = Arc::new(counter.take(messages));
        for stream in &running {
            let chunk = stream.select(&chunk);
            if chunk.is_empty() {
                continue;
            }
            let (records, bytes) = (chunk.len() as u64, bytes_of(&chunk));
            stream.count(records, bytes);
            let name = stream.name.as_str();
            observer.observe(&DeliveryEvent::RecordsReceived { stream: name, records, bytes });
            let room = loop {
                tokio::select! {
                    biased;
                    // A delivery stream without room must not delay the end of the reading.
                    _ = stop.wait_for(|stop| *stop), if !is_stopped => {
                        is_stopped = true;
                        input.close();
                    }
                    room = stream.chunks.reserve() => break room,
                }
            };
            match room {
                Ok(room) => room.send(chunk),
                // A panic of the delivery stream, which would lose all further records too.
                Err(_) if !is_stopped => {
                    is_stopped = true;
                    input.close();
                }
                Err(_) => {}
            }
        }
    }
    let streams: Vec<_> = running.into_iter().map(|it| (it.stats, it.wanted)).collect();
    counter.end();
    let mut is_faulty = !is_stopped && !counter.has_ended();
    while let Some(ended) = tasks.join_next().await {
        is_faulty |= ended.is_err();
    }
    for (stats, wanted) in streams {
        let mut stats = stats.lock().unwrap_or_else(PoisonError::into_inner);
        // A panic of the delivery stream lost records, which a later run must be able to find.
        if stats.is_unbalanced() {
            is_faulty = true;
            stats.abandon(&wanted, counter.last_read);
        }
    }
    let mut stats = counter.stats();
    stats.is_faulty |= is_faulty;
    stats.ended = Some(Instant::now());
}

/// The sending side of a running delivery stream.
struct RunningStream {
    name: String,
    stats: Arc<Mutex<DeliveryStats>>,
    wanted: Arc<WantedPositions>,
    chunks: mpsc::Sender<Chunk>,
}

impl RunningStream {
    /// Returns the records of a chunk that the delivery stream wants.
    fn select(&self, chunk: &Chunk) -> Chunk {
        if self.wanted.is_all() {
            return Arc::clone(chunk);
        }
        let wanted = chunk.iter().filter(|record| self.wanted.contains(record.position));
        Arc::new(wanted.map(Arc::clone).collect())
    }

    fn count(&self, records: u64, bytes: u64) {
        let mut stats = self.stats.lock().unwrap_or_else(PoisonError::into_inner);
        stats.received += records;
        stats.received_bytes += bytes;
    }
}

/// The counter of the input's records, which also reports the input's events.
struct InputCounter<'a> {
    stats: &'a Mutex<InputStats>,
    observer: &'a dyn DeliveryObserver,
    /// The position of the last record that was read.
    last_read: u64,
}

impl InputCounter<'_> {
    /// Updates the counts with these messages, reports their events, and returns their records.
    fn take(&mut self, messages: Vec<Message>) -> Vec<Arc<StreamRecord>> {
        let mut records = Vec::with_capacity(messages.len());
        let mut read = 0;
        let mut skipped = 0;
        let mut bytes = 0;
        for message in messages {
            match message {
                Message::Put(PutResult { position, records: put, refused, is_skipped }) => {
                    read += 1;
                    skipped += u64::from(is_skipped);
                    bytes += bytes_of(&put);
                    records.extend(put);
                    self.last_read = position;
                    if let Some(reason) = &refused {
                        self.stats().refused += 1;
                        self.observer.observe(&DeliveryEvent::RecordRefused { position, reason });
                    }
                }
                Message::Failed(error) => {
                    self.observer.observe(&DeliveryEvent::InputFailed { error: &error });
                    self.stats().error = Some(error.to_string());
                }
                Message::End => self.stats().read_to_end = true,
            }
        }
        {
            let mut stats = self.stats();
            stats.last_read = self.last_read;
            stats.skipped += skipped;
        }
        if read > 0 {
            self.observer.observe(&DeliveryEvent::InputRead { records: read, bytes });
        }
        records
    }

    /// Reports that no more input follows.
    fn end(&self) {
        let (last_read, read_to_end) = {
            let stats = self.stats();
            (stats.last_read, stats.read_to_end)
        };
        self.observer.observe(&DeliveryEvent::InputEnded { last_read, read_to_end });
    }

    /// Returns `true` if the input was read to its end or failed.
    fn has_ended(&self) -> bool {
        let stats = self.stats();
        stats.read_to_end || stats.error.is_some()
    }

    fn stats(&self) -> MutexGuard<'_, InputStats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the size of the records' data, in bytes.
fn bytes_of(records: &[Arc<StreamRecord>]) -> u64 {
    records.iter().map(|record| record.data.len() as u64).sum()
}
