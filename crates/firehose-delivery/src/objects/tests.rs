//! The object writer by itself, over a store in memory.

use std::{sync::Arc, time::Duration};

use futures_util::TryStreamExt;
use jiff::Timestamp;
use tokio::time::Instant;

use super::{Arrivals, ObjectContents, ObjectLayout, ObjectLimits, ObjectWriter};
use crate::{
    delivery_stream::Compression,
    encoder::AnyEncoder,
    store::{
        Store,
        faulty::{Fault, FaultyStore},
    },
};

/// A layout that groups records by a number, with both arrivals in the keys of objects.
#[derive(Debug)]
struct Numbered(Compression);

impl ObjectLayout for Numbered {
    type Group = u8;

    fn encoder(&self, _group: &u8) -> AnyEncoder {
        AnyEncoder::new(self.0, b",")
    }

    fn key(&self, group: &u8, arrivals: Arrivals) -> String {
        let Arrivals { oldest, first } = arrivals;
        format!("{group}/{}-{}", oldest.as_second(), first.as_second())
    }
}

#[derive(Debug, Default)]
struct Names(Vec<&'static str>);

impl ObjectContents for Names {
    type Record = &'static str;

    fn push(&mut self, record: &'static str) {
        self.0.push(record);
    }

    fn records(&self) -> u64 {
        self.0.len() as u64
    }

    fn held(&self) -> u64 {
        self.0.len() as u64
    }
}

const LIMITS: ObjectLimits =
    ObjectLimits { object_bytes: 10, interval: None, memory: 1000, open_objects: 10 };

struct Written {
    writer: ObjectWriter<Numbered, Names>,
    store: Store,
}

impl Written {
    fn new(limits: ObjectLimits) -> Self {
        Self::compressed(limits, Compression::Uncompressed)
    }

    fn compressed(limits: ObjectLimits, compression: Compression) -> Self {
        let store = Store::new(FaultyStore::new(|_| Fault::None), "memory:");
        let writer = ObjectWriter::new(Numbered(compression), limits, Arc::new(store.clone()));
        Self { writer, store }
    }

    fn add(&mut self, group: u8, record: &'static str, second: i64) {
        let arrival = Timestamp::from_second(second).unwrap();
        self.writer.add(&group, record, arrival, record.as_bytes()).unwrap();
    }

    /// Waits for all uploads, and returns their records and the objects of the store.
    async fn uploaded(&mut self) -> (Vec<Vec<&'static str>>, Vec<String>) {
        let mut records = Vec::new();
        while let Some(upload) = self.writer.next_upload().await {
            upload.result.unwrap();
            records.push(upload.contents.0);
        }
        records.sort();
        let mut objects = Vec::new();
        let listed: Vec<_> = self.store.list().try_collect().await.unwrap();
        for object in listed {
            let content: Vec<_> = self.store.read(&object.key).try_collect().await.unwrap();
            let content = String::from_utf8_lossy(&content.concat()).into_owned();
            objects.push(format!("{} {content}", object.key));
        }
        objects.sort();
        (records, objects)
    }
}

#[tokio::test(start_paused = true)]
async fn an_object_is_uploaded_when_it_is_long_enough() {
    let mut written = Written::new(LIMITS);
    written.add(1, "12345", 8);
    written.add(2, "other", 1);
    assert_eq!(written.uploaded().await, (vec![], vec![]));
    written.add(1, "6789", 7);
    let objects = vec!["1/7-8 12345,6789".to_owned()];
    assert_eq!(written.uploaded().await, (vec![vec!["12345", "6789"]], objects));
    assert!(!written.writer.is_empty() && written.writer.is_open(&2));
    written.writer.flush(None);
    assert_eq!(written.uploaded().await.1.len(), 2);
    assert!(written.writer.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_interval_of_zero_makes_an_object_of_each_record() {
    let mut written = Written::new(ObjectLimits { interval: Some(Duration::ZERO), ..LIMITS });
    written.add(1, "a", 1);
    written.add(1, "b", 2);
    let objects = ["1/1-1 a", "1/2-2 b"].map(str::to_owned).to_vec();
    assert_eq!(written.uploaded().await, (vec![vec!["a"], vec!["b"]], objects));
}

#[tokio::test(start_paused = true)]
async fn only_objects_that_are_due_are_flushed() {
    let mut written =
        Written::new(ObjectLimits { interval: Some(Duration::from_secs(9)), ..LIMITS });
    written.add(1, "a", 1);
    tokio::time::advance(Duration::from_secs(5)).await;
    written.add(2, "b", 2);
    let deadline = Instant::now() + Duration::from_secs(4);
    assert_eq!(written.writer.deadline(), Some(deadline));
    written.writer.flush(Some(deadline));
    assert_eq!(written.uploaded().await.0, [["a"]]);
    assert_eq!(written.writer.open_groups().collect::<Vec<_>>(), [&2]);
}

#[tokio::test(start_paused = true)]
async fn the_largest_object_is_uploaded_early_above_a_limit() {
    let mut written = Written::new(ObjectLimits { open_objects: 2, ..LIMITS });
    for (group, record) in [(1, "a"), (2, "large"), (3, "b")] {
        written.add(group, record, 1);
    }
    assert_eq!(written.uploaded().await.0, [["large"]]);
    let mut written = Written::new(ObjectLimits { memory: 9, ..LIMITS });
    for (group, record) in [(1, "a"), (2, "large"), (3, "b")] {
        written.add(group, record, 1);
    }
    assert_eq!(written.uploaded().await.0, [["large"]]);
}

/// A compressor takes memory before its first record. The memory limit must count this memory once.
#[tokio::test(start_paused = true)]
async fn the_memory_of_compressors_is_counted_and_released() {
    let limits = ObjectLimits { memory: 1 << 20, ..LIMITS };
    let mut written = Written::compressed(limits, Compression::Gzip);
    for round in 0..10 {
        written.add(1, "a", round);
        written.add(2, "b", round);
        assert_eq!(written.writer.open_groups().count(), 2, "round {round}");
        written.writer.flush(None);
        assert_eq!(written.uploaded().await.0.len(), 2);
    }
    for group in 0..5 {
        written.add(group, "a", 1);
    }
    assert_eq!(written.writer.open_groups().count(), 3, "four compressors are over the limit");
}

#[tokio::test(start_paused = true)]
async fn records_of_open_objects_are_returned_after_giving_up_and_not_uploaded() {
    let mut written = Written::new(LIMITS);
    written.add(1, "a", 1);
    written.add(1, "b", 1);
    let given_up: Vec<_> = written.writer.give_up().flat_map(|names| names.0).collect();
    assert_eq!(given_up, ["a", "b"]);
    assert!(written.writer.has_given_up() && written.writer.is_empty());
    assert_eq!(written.uploaded().await, (vec![], vec![]));
}
