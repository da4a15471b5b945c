use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use jiff::Timestamp;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};

use super::super::{
    deliver::deliver, input_stats::InputStats, input_task::InputTask, put_result::PutResult,
    stream_delivery::StreamDelivery,
};
use crate::{
    destinations::{DeliveryOutcome, Destination, OutputRecord, PositionSet, RecordFailure},
    observer::Unobserved,
    source::{DirectPut, InputError, PutRecord},
};

/// The longest wait. A longer wait means that the delivery hangs, even on a slow machine.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// A destination with room for one call. It answers once `answers` is `true`.
#[derive(Debug)]
struct Silent {
    taken: PositionSet,
    answers: watch::Receiver<bool>,
}

#[firehose_runtime::async_trait]
impl Destination for Silent {
    fn deliver(&mut self, records: &[OutputRecord<'_>]) {
        self.taken.merge(&records.iter().map(|output| output.record.position).collect());
    }

    fn fail(&mut self, _failures: &[RecordFailure<'_>]) {}

    async fn next_outcome(&mut self) -> Option<DeliveryOutcome> {
        if self.is_empty() {
            return None;
        }
        let _ = self.answers.wait_for(|answers| *answers).await;
        let positions = std::mem::take(&mut self.taken);
        Some(DeliveryOutcome::NotDelivered { positions, error: None })
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn flush(&mut self, _due: Option<Instant>) {}

    fn has_room(&self) -> bool {
        self.is_empty()
    }

    fn is_empty(&self) -> bool {
        self.taken.records() == 0
    }

    fn give_up(&mut self) -> PositionSet {
        PositionSet::default()
    }
}

/// An input without end.
struct Endless {
    source: DirectPut,
    read: Arc<AtomicU64>,
    is_dropped: Arc<AtomicBool>,
}

impl Iterator for Endless {
    type Item = Result<PutResult, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        let position = self.read.fetch_add(1, Ordering::Relaxed) + 1;
        let record = PutRecord::new(position, Bytes::from(vec![b'x'; 1024]));
        let record = self.source.put(record, Timestamp::UNIX_EPOCH).unwrap();
        Some(Ok(PutResult::taken(position, vec![Arc::new(record)])))
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        self.is_dropped.store(true, Ordering::Relaxed);
    }
}

/// A destination that does not answer fills the delivery stream, and the reading waits for room.
/// The signal must end the reading all the same.
#[tokio::test]
async fn a_stop_ends_the_reading_although_the_destination_has_no_room() {
    let (stop, stopped) = watch::channel(false);
    let (answer, answers) = watch::channel(false);
    let silent = Silent { taken: PositionSet::default(), answers };
    let stream =
        StreamDelivery::new("demo", None, Box::new(silent), stop.clone(), Arc::new(Unobserved));
    let stats = stream.shared_stats();
    let (read, is_dropped) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let input = Endless {
        source: DirectPut::new(Timestamp::UNIX_EPOCH),
        read: Arc::clone(&read),
        is_dropped: Arc::clone(&is_dropped),
    };
    let task = InputTask::start(input);
    let delivery = tokio::spawn(async move {
        let input = Mutex::<InputStats>::default();
        deliver(task, vec![stream], stopped, &Unobserved, &input).await;
        input.into_inner().unwrap()
    });
    // The reading waits for room once it reads nothing more.
    let mut before = 0;
    loop {
        sleep(Duration::from_millis(50)).await;
        let now = read.load(Ordering::Relaxed);
        if now == before && now > 0 {
            break;
        }
        before = now;
    }
    stop.send_replace(true);
    let ended = timeout(MAX_WAIT, async {
        while !is_dropped.load(Ordering::Relaxed) {
            sleep(Duration::from_millis(5)).await;
        }
    });
    ended.await.expect("the reading goes on after the stop");
    answer.send_replace(true);
    let input = timeout(MAX_WAIT, delivery).await.expect("the delivery ends").unwrap();
    let stats = stats.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(!input.read_to_end && !input.is_faulty && input.last_read > 0);
    assert_eq!((stats.received, stats.undelivered.records()), (input.last_read, input.last_read));
}
