//! The contract of [`Destination`] as a test that every implementation runs.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use firehose_runtime::contract::IcebergAnswer;
use futures_util::FutureExt;
use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    delivery_outcome::DeliveryOutcome,
    destination::Destination,
    output_record::{OutputRecord, RecordFailure},
    position_set::PositionSet,
};
use crate::delivery_stream::{DeliveryFailure, ErrorLine, PartitionKeys, StreamRecord};

/// The behavior of the receiver behind a destination.
#[derive(Clone, Copy, Debug)]
pub(super) enum Behavior {
    /// The receiver takes everything.
    Takes,
    /// The receiver fails from this request on, counted from 1.
    FailsFrom(u64),
    /// The receiver never answers a request.
    Hangs,
    /// The receiver takes nothing, and neither does the store of its error output.
    TakesNothing,
}

/// The receiver behind a destination. The destination stores each record under the record's
/// partition key `k`, and error lines separately.
pub(super) trait Receiver {
    /// `true` if each partition key has a buffer of its own, and a record without a key fails.
    const PARTITIONS: bool = true;

    /// `true` if records that the receiver does not take go to the error output.
    const HAS_BACKUP: bool = false;

    /// `true` if the receiver takes records without data. If not, they go to the error output.
    const TAKES_EMPTY: bool = true;

    /// Returns the data that arrived, in any order.
    async fn delivered(&self) -> Vec<Bytes>;

    /// Returns the error lines that arrived, in any order.
    async fn failed(&self) -> Vec<ErrorLine>;
}

/// Checks a destination. `start` returns a new destination and its receiver. The destination
/// buffers records for 60 seconds or up to 1,000,000 bytes.
pub(super) async fn check<R: Receiver>(start: impl Fn(Behavior) -> (Box<dyn Destination>, R)) {
    every_record_arrives_under_any_key(start(Behavior::Takes)).await;
    records_with_the_same_partition_key_all_arrive(start(Behavior::Takes)).await;
    empty_and_large_records_arrive(start(Behavior::Takes)).await;
    if R::PARTITIONS {
        a_record_without_a_usable_key_goes_to_the_error_output(start(Behavior::Takes)).await;
    }
    failures_go_to_the_error_output(start(Behavior::Takes)).await;
    buffers_are_sent_when_they_are_due(start(Behavior::Takes)).await;
    for from in 1..6 {
        every_record_has_one_outcome_if_the_receiver_fails(start(Behavior::FailsFrom(from))).await;
    }
    every_record_has_one_outcome_if_nothing_is_taken(start(Behavior::TakesNothing)).await;
    giving_up_returns_every_record(start(Behavior::Hangs)).await;
    no_room_is_left_while_many_requests_wait(start(Behavior::Hangs)).await;
}

type Started<R> = (Box<dyn Destination>, R);

const KEYS: [&str; 8] = ["plain", "a b", "\u{fc}\u{20ac}", "..", "a//b", "%2E", "x\ny", "#1"];

async fn every_record_arrives_under_any_key<R: Receiver>((mut destination, receiver): Started<R>) {
    assert!(destination.is_empty() && destination.has_room() && destination.deadline().is_none());
    assert!(destination.next_outcome().await.is_none(), "nothing is in flight");
    let records = records(40);
    deliver(&mut *destination, &records, |index| Some(KEYS[index % KEYS.len()]));
    assert!(!destination.is_empty());
    let ended = end(&mut *destination).await;
    assert_eq!((ended.delivered, ended.not_delivered.records()), (40, 0));
    assert_eq!(sorted(receiver.delivered().await), sorted(data(&records)));
}

async fn records_with_the_same_partition_key_all_arrive<R: Receiver>(
    (mut destination, receiver): Started<R>,
) {
    let records = records(6);
    for record in &records {
        deliver(&mut *destination, std::slice::from_ref(record), |_| Some("same"));
        destination.flush(None);
    }
    assert_eq!(end(&mut *destination).await.delivered, 6);
    assert_eq!(sorted(receiver.delivered().await), sorted(data(&records)));
}

async fn empty_and_large_records_arrive<R: Receiver>((mut destination, receiver): Started<R>) {
    let large = Bytes::from(vec![b'x'; 5 << 20]);
    let records = [record(1, Bytes::new()), record(2, large)];
    deliver(&mut *destination, &records, |index| Some(KEYS[index]));
    let ended = end(&mut *destination).await;
    let taken = if R::TAKES_EMPTY { &records[..] } else { &records[1..] };
    assert_eq!(ended.delivered, taken.len() as u64);
    assert_eq!(ended.failed.values().sum::<u64>(), (records.len() - taken.len()) as u64);
    assert_eq!(sorted(receiver.delivered().await), sorted(data(taken)));
}

async fn a_record_without_a_usable_key_goes_to_the_error_output<R: Receiver>(
    (mut destination, receiver): Started<R>,
) {
    let records = records(3);
    let long = "x".repeat(600);
    let keys = [None, Some(&*long), Some("good")];
    deliver(&mut *destination, &records, |index| keys[index]);
    let ended = end(&mut *destination).await;
    assert_eq!(ended.delivered, 1);
    let code = DeliveryFailure::MissingPartitionKey.error_code();
    assert_eq!(ended.failed, BTreeMap::from([(code, 2)]));
    let lines = receiver.failed().await;
    assert!(lines.iter().all(|line| line.error_code.as_deref() == Some(code)), "{lines:?}");
    let originals = lines.into_iter().map(|line| line.raw_data).collect();
    assert_eq!(sorted(originals), sorted(data(&records[..2])));
}

async fn failures_go_to_the_error_output<R: Receiver>((mut destination, receiver): Started<R>) {
    let records = records(2);
    let failure = DeliveryFailure::ProcessingFailed;
    let ended = Timestamp::UNIX_EPOCH;
    let failures: Vec<_> = records
        .iter()
        .map(|record| RecordFailure { record, failure, attempts: 3, ended })
        .collect();
    destination.fail(&failures);
    let ended = end(&mut *destination).await;
    assert_eq!(ended.failed, BTreeMap::from([(failure.error_code(), 2)]));
    assert_eq!((ended.delivered, receiver.delivered().await.len()), (0, 0));
    for line in receiver.failed().await {
        assert_eq!(line.error_message.as_deref(), Some(failure.error_message()));
        assert_eq!(line.attempts_made, Some(3));
        assert!(data(&records).contains(&line.raw_data), "{line:?}");
    }
}

async fn buffers_are_sent_when_they_are_due<R: Receiver>((mut destination, receiver): Started<R>) {
    let started = Instant::now();
    let records = records(2);
    deliver(&mut *destination, &records[..1], |_| Some("one"));
    let deadline = destination.deadline().expect("a record waits");
    assert_eq!(deadline - started, Duration::from_secs(60));
    destination.flush(Some(deadline - Duration::from_millis(1)));
    assert!(destination.next_outcome().await.is_none(), "a buffer is sent early");
    tokio::time::advance(Duration::from_secs(30)).await;
    deliver(&mut *destination, &records[1..], |_| Some("two"));
    assert_eq!(destination.deadline(), Some(deadline), "the first record sets the deadline");
    destination.flush(Some(deadline));
    let outcome = destination.next_outcome().await.expect("a request is in flight");
    let is_delivered =
        matches!(outcome, DeliveryOutcome::Stored { .. } | DeliveryOutcome::Sent { .. });
    assert!(is_delivered, "{outcome:?}");
    if R::PARTITIONS {
        assert_eq!(receiver.delivered().await, data(&records[..1]));
        assert!(!destination.is_empty() && destination.deadline() > Some(deadline));
        assert_eq!(end(&mut *destination).await.delivered, 1);
    } else {
        assert_eq!(receiver.delivered().await, data(&records));
        assert_eq!(end(&mut *destination).await.delivered, 0);
    }
}

async fn every_record_has_one_outcome_if_the_receiver_fails<R: Receiver>(
    (mut destination, receiver): Started<R>,
) {
    let records = records(20);
    for (number, record) in records.iter().enumerate() {
        let key = if number % 5 == 0 { None } else { Some(KEYS[number % KEYS.len()]) };
        deliver(&mut *destination, std::slice::from_ref(record), |_| key);
        if number % 3 == 0 {
            destination.flush(None);
        }
    }
    let ended = end(&mut *destination).await;
    let failed = receiver.failed().await;
    assert_eq!(ended.delivered, receiver.delivered().await.len() as u64);
    assert_eq!(ended.failed.values().sum::<u64>(), failed.len() as u64);
    match R::HAS_BACKUP {
        true => assert!(!failed.is_empty() && ended.not_delivered.records() == 0),
        false => assert!(ended.not_delivered.records() > 0 && ended.errors > 0),
    }
    let all = ended.delivered + failed.len() as u64 + ended.not_delivered.records();
    assert_eq!(all, 20, "a record has no outcome, or more than one");
}

async fn every_record_has_one_outcome_if_nothing_is_taken<R: Receiver>(
    (mut destination, receiver): Started<R>,
) {
    let records = records(20);
    for chunk in records.chunks(7) {
        deliver(&mut *destination, chunk, |_| Some("same"));
        destination.flush(None);
    }
    let ended = end(&mut *destination).await;
    assert!(receiver.delivered().await.is_empty() && receiver.failed().await.is_empty());
    assert!(ended.errors > 0);
    assert!(ended.not_delivered.ranges().eq([(1, 20)]) && ended.not_delivered.records() == 20);
}

async fn giving_up_returns_every_record<R: Receiver>((mut destination, receiver): Started<R>) {
    let records = records(5);
    deliver(&mut *destination, &records[..2], |_| Some("in flight"));
    destination.flush(None);
    deliver(&mut *destination, &records[2..], |_| Some("buffered"));
    // A dropped future loses no outcome, whether it was polled once or for a while.
    assert!(destination.next_outcome().now_or_never().is_none());
    let short = Duration::from_millis(1);
    tokio::time::timeout(short, destination.next_outcome()).await.unwrap_err();
    let buffered = destination.give_up();
    assert!(buffered.ranges().eq([(3, 5)]));
    let ended = end(&mut *destination).await;
    assert!(ended.not_delivered.ranges().eq([(1, 2)]));
    assert!(destination.give_up().records() == 0, "records are returned once");
    assert!(receiver.delivered().await.is_empty());
}

async fn no_room_is_left_while_many_requests_wait<R: Receiver>((mut destination, _): Started<R>) {
    let record = record(1, Bytes::from_static(b"small"));
    let mut requests = 0;
    while destination.has_room() {
        deliver(&mut *destination, std::slice::from_ref(&record), |_| Some("small"));
        destination.flush(None);
        requests += 1;
        assert!(requests < 1000, "the destination always has room");
    }
    let ended = end(&mut *destination).await;
    let failed = ended.failed.values().sum::<u64>();
    let expected = if R::HAS_BACKUP { (requests, 0) } else { (0, requests) };
    assert_eq!((failed, ended.not_delivered.records()), expected);
    assert!(destination.has_room());
}

/// The outcomes of a destination, added up.
#[derive(Default)]
struct Ended {
    delivered: u64,
    failed: BTreeMap<&'static str, u64>,
    not_delivered: PositionSet,
    errors: u64,
}

/// Sends everything, and waits for all outcomes.
async fn end(destination: &mut dyn Destination) -> Ended {
    let mut ended = Ended::default();
    destination.flush(None);
    while let Some(outcome) = destination.next_outcome().await {
        match outcome {
            DeliveryOutcome::Stored { object, positions, failed } if failed.is_empty() => {
                assert_eq!(positions.records(), object.records);
                ended.delivered += object.records;
            }
            DeliveryOutcome::Stored { object, positions, failed } => {
                assert_eq!(positions.records(), object.records);
                assert_eq!(failed.values().sum::<u64>(), object.records);
                for (code, records) in failed {
                    *ended.failed.entry(code).or_default() += records;
                }
            }
            DeliveryOutcome::Sent { request, positions } => {
                assert_eq!(positions.records(), request.records);
                ended.delivered += request.records;
            }
            DeliveryOutcome::ToErrorOutput => {}
            DeliveryOutcome::NotDelivered { positions, error } => {
                ended.not_delivered.merge(&positions);
                ended.errors += u64::from(error.is_some());
            }
        }
    }
    assert!(destination.is_empty() && destination.deadline().is_none());
    ended
}

fn deliver<'a>(
    destination: &mut dyn Destination,
    records: &[StreamRecord],
    key: impl Fn(usize) -> Option<&'a str>,
) {
    let keys: Vec<BTreeMap<String, String>> = (0..records.len())
        .map(|index| key(index).map(|key| ("k".to_owned(), key.to_owned())).into_iter().collect())
        .collect();
    let outputs: Vec<_> = records
        .iter()
        .zip(&keys)
        .map(|(record, partition_keys)| OutputRecord {
            record,
            data: &record.data,
            partition_keys: PartitionKeys::of_lambda(partition_keys),
            iceberg: &IcebergAnswer::Missing,
            attempts: 1,
        })
        .collect();
    destination.deliver(&outputs);
}

fn records(count: u64) -> Vec<StreamRecord> {
    (1..=count).map(|position| record(position, format!("record {position}").into())).collect()
}

fn record(position: u64, data: Bytes) -> StreamRecord {
    let arrival_timestamp = Timestamp::from_second(1_700_000_000).unwrap();
    let record_id = position.to_string();
    StreamRecord {
        position,
        record_id,
        arrival_timestamp,
        data,
        processed: None,
        kinesis: None,
        msk: None,
    }
}

fn data(records: &[StreamRecord]) -> Vec<Bytes> {
    records.iter().map(|record| record.data.clone()).collect()
}

fn sorted(mut data: Vec<Bytes>) -> Vec<Bytes> {
    data.sort();
    data
}
