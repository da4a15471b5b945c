//! Records put back to a sink in memory.

use firehose_core::Source;
use firehose_runtime::Oversize;

use crate::{
    log_records::{StreamRecord, answer, handler, log_record},
    stream::Stream,
};

const STREAM: &str = "arn:aws:kinesis:eu-west-1:123456789012:stream/logs";

/// Takes the records that were put back.
fn records_of(stream: &Stream) -> Vec<StreamRecord> {
    let records = stream.take().into_iter().map(|(origin, record)| {
        assert_eq!(origin.source_kinesis_stream_arn.as_deref(), Some(STREAM));
        let Source::Kinesis(metadata) = record.source() else { panic!("{record:?}") };
        (metadata.partition_key().to_owned(), record.data().to_vec())
    });
    records.collect()
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
        waiting = records_of(&stream);
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
        waiting = records_of(&stream);
    }
    delivered.sort_unstable();
    assert_eq!(delivered, [1, 2, 3, 4, 5]);
    assert_eq!(failed.len(), 2);
    for cause in failed {
        assert!(cause.ends_with("a response has only 20000 bytes"), "{cause}");
    }
}
