//! Re-ingestion into a stream in memory.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use firehose_core::{BoxError, Record, Source, async_trait};
use firehose_runtime::{
    Oversize,
    reingest::{Origin, Reingest},
};

use crate::log_records::{StreamRecord, answer, handler, log_record};

const STREAM: &str = "arn:aws:kinesis:eu-west-1:123456789012:stream/logs";

/// A stream in memory.
#[derive(Clone, Default)]
struct Stream(Arc<Mutex<Vec<StreamRecord>>>);

#[async_trait]
impl Reingest for Stream {
    async fn put_back(
        &self,
        origin: &Origin,
        records: Vec<Record>,
        _: Option<Instant>,
    ) -> Vec<Result<(), BoxError>> {
        assert_eq!(origin.source_kinesis_stream_arn.as_deref(), Some(STREAM));
        let record = |record: Record| {
            let Source::Kinesis(metadata) = record.source() else { panic!("{record:?}") };
            (metadata.partition_key().to_owned(), record.data().to_vec())
        };
        let results = records.iter().map(|_| Ok(())).collect();
        self.0.lock().unwrap().extend(records.into_iter().map(record));
        results
    }
}

#[tokio::test]
async fn every_log_event_is_delivered_once() {
    let stream = Stream::default();
    let handler = handler(Oversize::reingest(stream.clone()));
    // The output of the second record needs many responses. The others fit into one response.
    let mut waiting = vec![
        log_record("a", 0, 2, 100),
        log_record("b", 2, 300, 1000),
        log_record("c", 300, 310, 100),
    ];
    let mut delivered = Vec::new();
    for round in 0.. {
        assert!(round < 100, "records come back forever");
        let answered = answer(&handler, STREAM, &waiting).await;
        assert_eq!(answered.failed, [""; 0]);
        delivered.extend(answered.delivered);
        waiting = std::mem::take(&mut *stream.0.lock().unwrap());
        assert!(waiting.len() >= answered.put_back, "{}", answered.put_back);
        if waiting.is_empty() {
            break;
        }
        assert!(waiting.iter().all(|(key, _)| key == "b"), "the halves keep the partition key");
        assert!(waiting.iter().all(|(_, data)| data.starts_with(b"\x1f\x8b")), "not gzip");
    }
    delivered.sort_unstable();
    assert_eq!(delivered, (0..310).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_log_event_that_is_too_large_fails_and_costs_no_other() {
    let stream = Stream::default();
    let handler = handler(Oversize::reingest(stream.clone()));
    let mut waiting = vec![log_record("a", 7, 8, 40_000), log_record("b", 1, 2, 100)];
    // One record that has a log event that is too large, and log events that are not.
    let (key, first) = log_record("c", 2, 6, 100);
    waiting.push((key, [first, log_record("c", 8, 9, 40_000).1].concat()));
    let (mut delivered, mut failed) = (Vec::new(), Vec::new());
    for round in 0.. {
        assert!(round < 10, "records come back forever");
        if waiting.is_empty() {
            break;
        }
        let answered = answer(&handler, STREAM, &waiting).await;
        delivered.extend(answered.delivered);
        failed.extend(answered.failed);
        waiting = std::mem::take(&mut *stream.0.lock().unwrap());
    }
    delivered.sort_unstable();
    assert_eq!(delivered, [1, 2, 3, 4, 5]);
    assert_eq!(failed.len(), 2);
    for cause in failed {
        assert!(cause.ends_with("a response has only 20000 bytes"), "{cause}");
    }
}
