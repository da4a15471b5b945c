use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use firehose_runtime::contract::IcebergAnswer;
use futures_util::FutureExt;
use tokio::time::Instant;

use super::super::batch_processor::{BatchProcessor, BatchResult};
use crate::{
    delivery_stream::{BufferingHints, DeliveryFailure, RecordOutcome, StreamRecord},
    source::{DirectPut, PutRecord, ShardedStream},
};

/// The work behind a processor under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Work {
    /// Every record passes unchanged.
    Pass,
    /// This number of attempts fails for each batch. Then its records pass unchanged.
    FailAttempts(u32),
    /// No attempt ends.
    Hang,
}

/// The settings of a processor under test.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct BatchSetup {
    pub(in super::super) work: Work,
    pub(in super::super) shards: u32,
    pub(in super::super) buffering: BufferingHints,
    pub(in super::super) retries: u32,
    pub(in super::super) concurrency: usize,
}

/// Checks a processor. `start` creates a new processor from a setup.
pub(in super::super) async fn check(start: impl Fn(BatchSetup) -> Box<dyn BatchProcessor>) {
    let setup = BatchSetup {
        work: Work::Pass,
        shards: 1,
        buffering: BufferingHints { size: 10_000, interval: Duration::from_secs(60) },
        retries: 2,
        concurrency: 3,
    };
    a_new_processor_is_empty(start(setup)).await;
    each_record_has_one_outcome_in_its_batch(start(BatchSetup { shards: 4, ..setup }), 4).await;
    a_batch_starts_when_it_is_due(start(setup)).await;
    a_flush_without_a_time_starts_every_batch(start(setup)).await;
    retries_end_with_an_answer(start(BatchSetup { work: Work::FailAttempts(2), ..setup })).await;
    records_fail_after_the_last_retry(start(BatchSetup { work: Work::FailAttempts(3), ..setup }))
        .await;
    room_ends_when_a_batch_waits(start(BatchSetup { work: Work::Hang, ..setup })).await;
    giving_up_returns_every_record(start(BatchSetup { work: Work::Hang, ..setup })).await;
    a_dropped_future_loses_no_batch(start(setup)).await;
}

/// Returns `count` records with 1,000 bytes of data. With several shards, the records come from a
/// Kinesis stream.
fn records(count: u64, shards: u32) -> Vec<Arc<StreamRecord>> {
    let data = Bytes::from(vec![b'x'; 1000]);
    let mut records = Vec::new();
    if shards == 1 {
        let mut stream = DirectPut::new(crate::now::now());
        for position in 1..=count {
            let record = PutRecord::new(position, data.clone());
            records.push(stream.put(record, crate::now::now()).unwrap());
        }
    } else {
        let mut stream = ShardedStream::new(shards, crate::now::now());
        for position in 1..=count {
            let record = PutRecord {
                partition_key: Some(position.to_string()),
                ..PutRecord::new(position, data.clone())
            };
            stream.put(record, crate::now::now(), &mut records).unwrap();
        }
    }
    records.into_iter().map(Arc::new).collect()
}

/// Adds records while there is room, as a delivery does, and returns the results of all batches.
async fn process(
    processor: &mut dyn BatchProcessor,
    records: &[Arc<StreamRecord>],
) -> Vec<BatchResult> {
    let mut results = Vec::new();
    for record in records {
        while !processor.has_room() {
            results.push(processor.next_batch().await.expect("without room, a batch is in flight"));
        }
        processor.push(std::slice::from_ref(record));
    }
    while !processor.is_empty() {
        processor.flush(None);
        results.push(processor.next_batch().await.expect("after a flush, a batch is in flight"));
    }
    assert!(processor.next_batch().await.is_none() && processor.deadline().is_none());
    results
}

fn positions(records: &[Arc<StreamRecord>]) -> Vec<u64> {
    records.iter().map(|record| record.position).collect()
}

async fn a_new_processor_is_empty(mut processor: Box<dyn BatchProcessor>) {
    assert!(processor.is_empty() && processor.has_room() && processor.deadline().is_none());
    assert!(processor.next_batch().now_or_never().is_some_and(|next| next.is_none()));
    assert!(!processor.name().is_empty());
    processor.push(&[]);
    assert!(processor.is_empty());
}

async fn each_record_has_one_outcome_in_its_batch(
    mut processor: Box<dyn BatchProcessor>,
    shards: u32,
) {
    let records = records(500, shards);
    let mut last_of_shard = BTreeMap::new();
    let mut found = Vec::new();
    for result in process(&mut *processor, &records).await {
        let batch = result.unwrap();
        assert_eq!(batch.answers.outcomes.len(), batch.records.len());
        let shard = batch.records[0].shard();
        for (record, outcome) in batch.records.iter().zip(&batch.answers.outcomes) {
            let passed = RecordOutcome::Ok {
                data: record.data.clone(),
                partition_keys: BTreeMap::new(),
                iceberg: IcebergAnswer::Missing,
            };
            assert_eq!(*outcome, passed);
            assert_eq!(record.shard(), shard, "a batch has records of one shard");
            let position = record.position;
            let last = last_of_shard.insert((shard, batch.records[0].position), position);
            assert!(last.is_none_or(|last| last < position), "{position} follows {last:?}");
        }
        found.extend(positions(&batch.records));
    }
    found.sort_unstable();
    assert_eq!(found, positions(&records));
}

async fn a_batch_starts_when_it_is_due(mut processor: Box<dyn BatchProcessor>) {
    let start = Instant::now();
    processor.push(&records(1, 1));
    let deadline = processor.deadline().unwrap();
    assert_eq!(deadline, start + Duration::from_secs(60));
    processor.flush(Some(deadline - Duration::from_millis(1)));
    assert!(processor.next_batch().await.is_none(), "a batch that is not due starts");
    processor.flush(Some(deadline));
    assert!(processor.deadline().is_none());
    assert_eq!(processor.next_batch().await.unwrap().unwrap().records.len(), 1);
    assert!(processor.is_empty());
}

async fn a_flush_without_a_time_starts_every_batch(mut processor: Box<dyn BatchProcessor>) {
    processor.push(&records(3, 1));
    processor.flush(None);
    assert_eq!(processor.next_batch().await.unwrap().unwrap().records.len(), 3);
    assert!(processor.is_empty());
}

async fn retries_end_with_an_answer(mut processor: Box<dyn BatchProcessor>) {
    for result in process(&mut *processor, &records(25, 1)).await {
        let batch = result.unwrap();
        assert_eq!((batch.attempts, batch.function_errors), (3, 2));
        assert!(batch.answers.outcomes.iter().all(|it| matches!(it, RecordOutcome::Ok { .. })));
    }
}

async fn records_fail_after_the_last_retry(mut processor: Box<dyn BatchProcessor>) {
    let records = records(25, 1);
    let mut failed = 0;
    for result in process(&mut *processor, &records).await {
        let batch = result.unwrap();
        assert_eq!((batch.attempts, batch.function_errors), (3, 3));
        let failure = RecordOutcome::Failed(DeliveryFailure::FunctionError);
        assert!(batch.answers.outcomes.iter().all(|outcome| *outcome == failure));
        failed += batch.records.len();
    }
    assert_eq!(failed, records.len());
}

async fn room_ends_when_a_batch_waits(mut processor: Box<dyn BatchProcessor>) {
    // 10 records fill a batch. Three batches are in flight, and the fourth waits.
    for (number, record) in records(40, 1).iter().enumerate() {
        assert!(processor.has_room(), "no room for record {number}");
        processor.push(std::slice::from_ref(record));
    }
    assert!(!processor.has_room());
    assert!(processor.next_batch().now_or_never().is_none(), "a batch in flight has ended");
}

async fn giving_up_returns_every_record(mut processor: Box<dyn BatchProcessor>) {
    let records = records(45, 1);
    processor.push(&records);
    let mut returned = positions(&processor.give_up());
    assert!(processor.deadline().is_none());
    while let Some(result) = processor.next_batch().await {
        returned.extend(positions(&result.expect_err("an abandoned batch has outcomes")));
    }
    assert!(processor.is_empty());
    returned.sort_unstable();
    assert_eq!(returned, positions(&records));
}

async fn a_dropped_future_loses_no_batch(mut processor: Box<dyn BatchProcessor>) {
    let records = records(10, 1);
    processor.push(&records);
    let result = loop {
        if let Some(next) = processor.next_batch().now_or_never() {
            break next;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(positions(&result.unwrap().unwrap().records), positions(&records));
}
