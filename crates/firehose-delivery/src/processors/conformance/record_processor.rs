use std::collections::BTreeMap;

use bytes::Bytes;

use super::super::record_processor::{Payload, RecordProcessor};
use crate::{
    delivery_stream::{DeliveryFailure, StreamRecord},
    source::{DirectPut, PutRecord},
};

/// Checks a processor. `passing` lists input data, each with the expected data of the output
/// records. `failing` lists input data that the processor must reject.
///
/// # Panics
///
/// If the processor breaks the contract of [`RecordProcessor`], or does not give the expected data.
pub fn check_record_processor<T: AsRef<[u8]>>(
    processor: &dyn RecordProcessor,
    passing: &[(T, &[&str])],
    failing: &[T],
) {
    for (data, expected) in passing {
        passes(processor, data.as_ref(), expected);
    }
    for data in failing {
        let data = data.as_ref();
        assert!(process(processor, data).0.is_err(), "{:?} passes {processor:?}", lossy(data));
    }
    random_data_neither_panics_nor_changes_earlier_payloads(processor);
}

fn record(data: &[u8]) -> StreamRecord {
    let now = crate::now::now();
    let empty = DirectPut::new(now).put(PutRecord::new(1, Bytes::new()), now);
    // A record without data is never too large.
    StreamRecord { data: Bytes::copy_from_slice(data), ..empty.expect("the record fits") }
}

/// The payload of an earlier record.
fn earlier() -> Payload {
    let keys = BTreeMap::from([("key".to_owned(), "value".to_owned())]);
    Payload { lambda_keys: keys, ..Payload::new(Bytes::from_static(b"earlier")) }
}

fn process(
    processor: &dyn RecordProcessor,
    data: &[u8],
) -> (Result<(), DeliveryFailure>, Vec<Payload>) {
    let record = record(data);
    let mut out = vec![earlier()];
    let result = processor.process(&record, Payload::new(record.data.clone()), &mut out);
    (result, out)
}

fn lossy(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

fn passes(processor: &dyn RecordProcessor, data: &[u8], expected: &[&str]) {
    let (result, out) = process(processor, data);
    assert_eq!(result, Ok(()), "{:?}", lossy(data));
    assert_eq!(out[0], earlier(), "the processor changed an earlier payload");
    let found: Vec<_> = out[1..].iter().map(|payload| lossy(&payload.data)).collect();
    assert_eq!(found, expected, "{:?}", lossy(data));
    assert_eq!(process(processor, data).1, out, "the same record has the same payloads");
    keys_and_original_are_kept(processor, data);
}

/// A processor adds keys, but removes none. It keeps the original, or splits it.
fn keys_and_original_are_kept(processor: &dyn RecordProcessor, data: &[u8]) {
    let record = record(data);
    let original = Bytes::from_static(b"the original, before another processor");
    let payload = Payload {
        raw_data: original.clone(),
        query_keys: BTreeMap::from([("earlier query".to_owned(), "value".to_owned())]),
        lambda_keys: earlier().lambda_keys,
        ..Payload::new(record.data.clone())
    };
    let mut out = Vec::new();
    assert_eq!(processor.process(&record, payload, &mut out), Ok(()));
    for payload in out {
        let is_part = payload.raw_data == payload.data;
        assert!(is_part || payload.raw_data == original, "the processor changed the original");
        assert!(payload.query_keys.contains_key("earlier query"), "a query key is lost");
        assert!(payload.lambda_keys.contains_key("key"), "a key of the function is lost");
    }
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
