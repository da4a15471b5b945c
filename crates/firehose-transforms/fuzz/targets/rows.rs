//! Writes any bytes as one item with the encoders of JSON, and checks that the outputs are valid.
//! Splits the bytes into rows of CSV, writes the rows as CSV, and checks that reading them gives
//! the same rows.
//!
//! ```text
//! RUSTC_BOOTSTRAP=1 cargo fuzz run rows --fuzz-dir crates/firehose-transforms/fuzz -- -max_total_time=60
//! ```

#![no_main]

use std::sync::LazyLock;

use firehose_core::{Bytes, InvalidItem, Record, Split};
use firehose_transforms::{
    csv::{CsvError, CsvRows},
    encode::{CsvEncoder, ElasticsearchBulk, Encode, FieldValue, Loki, SplunkHec},
};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

fn value(text: &str) -> FieldValue {
    text.parse().unwrap()
}

/// Encoders of JSON, each with the number of lines of an output.
static JSON_ENCODERS: LazyLock<Vec<(usize, Box<dyn Encode>)>> = LazyLock::new(|| {
    let splunk = SplunkHec::new().with_time(".a?".parse().unwrap()).unwrap();
    let splunk = splunk.with_field("b", value(".b?")).unwrap();
    let bulk = ElasticsearchBulk::new().with_index(value("i")).unwrap();
    let bulk = bulk.with_routing(value(".a?"));
    let loki = Loki::new([("x", value("y")), ("a", value(".a?"))]).unwrap();
    let loki = loki.with_time(".b?".parse().unwrap()).unwrap();
    vec![(1, Box::new(splunk)), (2, Box::new(bulk)), (1, Box::new(loki))]
});

static CSV: LazyLock<CsvEncoder> = LazyLock::new(|| {
    CsvEncoder::new([("a", value(".a")), ("b", value(".b"))]).unwrap().with_header()
});

fn encoded(encoder: &dyn Encode, item: &Bytes) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    encoder.encode(item, None, &mut out).ok().map(|()| out)
}

fuzz_target!(|data: &[u8]| {
    let item = Bytes::copy_from_slice(data);
    for (lines, encoder) in &*JSON_ENCODERS {
        if let Some(output) = encoded(&**encoder, &item) {
            let output: Vec<_> = output.split(|byte| *byte == b'\n').collect();
            assert_eq!(output.len(), *lines);
            assert!(output.iter().all(|it| serde_json::from_slice::<&RawValue>(it).is_ok()));
        }
    }
    let header = CsvRows::with_header().with_max_bytes(1 << 20);
    assert!(header.split(Record::new("1", item.clone())).count() <= data.len());

    let mut text = CSV.start().to_vec();
    let mut rows = Vec::new();
    for row in CsvRows::with_names(["a", "b"]).unwrap().split(Record::new("1", item)) {
        match row {
            Ok(row) => {
                let row = row.into_data();
                text.extend(encoded(&*CSV, &row).expect("a row has no half of a surrogate pair"));
                text.push(b'\n');
                rows.push(row);
            }
            Err(error) => {
                let is_open_quote = error.downcast_ref() == Some(&CsvError::OpenQuote);
                assert!(is_open_quote || error.is::<InvalidItem>(), "{error}");
            }
        }
    }
    let again = CsvRows::with_header().split(Record::new("1", text));
    assert!(again.map(|row| row.unwrap().into_data()).eq(rows));
});
