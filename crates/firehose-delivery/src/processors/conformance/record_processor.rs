use std::collections::BTreeMap;

use bytes::Bytes;

use super::super::record_processor::{Payload, RecordProcessor};
use crate::{
    delivery_stream::{DeliveryFailure, StreamRecord},
    source::{DirectPut, PutRecord},
};

/// Checks a processor. `passing` lists input data, each with the expected data of the output
/// records. `failing` lists input data that the processor must reject.
pub(in super::super) fn check(
    processor: &dyn RecordProcessor,
    passing: &[(&str, &[&str])],
    failing: &[&str],
) {
    for (data, expected) in passing {
        passes(processor, data, expected);
    }
    for data in failing {
        assert!(process(processor, data).0.is_err(), "{data:?} passes {processor:?}");
    }
    random_data_neither_panics_nor_changes_earlier_payloads(processor);
}

fn record(data: &[u8]) -> StreamRecord {
    let now = crate::now::now();
    DirectPut::new(now).put(PutRecord::new(1, Bytes::copy_from_slice(data)), now).unwrap()
}

/// The payload of an earlier record.
fn earlier() -> Payload {
    let keys = BTreeMap::from([("key".to_owned(), "value".to_owned())]);
    Payload { data: Bytes::from_static(b"earlier"), partition_keys: keys }
}

fn process(
    processor: &dyn RecordProcessor,
    data: impl AsRef<[u8]>,
) -> (Result<(), DeliveryFailure>, Vec<Payload>) {
    let record = record(data.as_ref());
    let payload = Payload { data: record.data.clone(), partition_keys: BTreeMap::new() };
    let mut out = vec![earlier()];
    let result = processor.process(&record, payload, &mut out);
    (result, out)
}

fn passes(processor: &dyn RecordProcessor, data: &str, expected: &[&str]) {
    let (result, out) = process(processor, data);
    assert_eq!(result, Ok(()), "{data:?}");
    assert_eq!(out[0], earlier(), "the processor changed an earlier payload");
    let found: Vec<_> = out[1..].iter().map(|payload| &*payload.data).collect();
    let expected: Vec<_> = expected.iter().map(|data| data.as_bytes()).collect();
    assert_eq!(found, expected, "{data:?}");
    assert_eq!(process(processor, data).1, out, "the same record has the same payloads");
}

fn random_data_neither_panics_nor_changes_earlier_payloads(processor: &dyn RecordProcessor) {
    let mut random = fastrand::Rng::with_seed(7);
    for length in 0..200 {
        let data: Vec<u8> = (0..length).map(|_| random.u8(..)).collect();
        let (result, out) = process(processor, &data);
        assert_eq!((result, out), process(processor, &data));
        assert_eq!(process(processor, &data).1[0], earlier());
    }
}
