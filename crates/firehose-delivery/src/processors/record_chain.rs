use std::sync::Arc;

use bytes::Bytes;

use super::record_processor::{Payload, RecordProcessor};
use crate::delivery_stream::{DeliveryFailure, ProcessedData, StreamRecord};

/// The record processors of a delivery stream before or after its function, in their order.
///
/// A processor may split a record into several payloads. If one of them fails, the whole record
/// fails.
#[derive(Debug, Default)]
pub struct RecordChain {
    processors: Vec<Box<dyn RecordProcessor>>,
}

impl RecordChain {
    /// Creates a chain.
    pub fn new(processors: Vec<Box<dyn RecordProcessor>>) -> Self {
        Self { processors }
    }

    /// Returns `true` if the chain changes no record.
    pub fn is_empty(&self) -> bool {
        self.processors.is_empty()
    }

    /// Returns a chain that continues with the processors of another chain.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.processors.extend(other.processors);
        self
    }

    /// Returns the payloads that replace the payload of a record.
    ///
    /// # Errors
    ///
    /// The failure of the first processor that fails.
    pub fn process(
        &self,
        record: &StreamRecord,
        payload: Payload,
    ) -> Result<Vec<Payload>, DeliveryFailure> {
        let mut payloads = vec![payload];
        for processor in &self.processors {
            let mut out = Vec::with_capacity(payloads.len());
            for payload in payloads {
                processor.process(record, payload, &mut out)?;
            }
            payloads = out;
        }
        Ok(payloads)
    }

    /// Appends the records that the function receives in place of a record to `out`. Returns their
    /// number.
    ///
    /// A single record keeps its id. The id of each of several records is the id of the original, a
    /// hyphen, and the number of the record from 1. AWS does not document such ids. This form is
    /// our choice.
    ///
    /// # Errors
    ///
    /// The failure of the first processor that fails. `out` is then unchanged.
    pub(crate) fn replace(
        &self,
        record: &Arc<StreamRecord>,
        out: &mut Vec<Arc<StreamRecord>>,
    ) -> Result<usize, DeliveryFailure> {
        let payloads = self.process(record, Payload::new(record.data.clone()))?;
        let count = payloads.len();
        for (payload, number) in payloads.into_iter().zip(1..) {
            let Payload { raw_data, data, lambda_keys, query_keys } = payload;
            let has_keys = !lambda_keys.is_empty() || !query_keys.is_empty();
            let is_raw = is_same(&raw_data, &data);
            if count == 1 && is_raw && !has_keys && is_same(&record.data, &data) {
                out.push(Arc::clone(record));
                continue;
            }
            let processed = (!is_raw || has_keys)
                .then(|| Box::new(ProcessedData { data, lambda_keys, query_keys }));
            let record_id = match count {
                1 => record.record_id.clone(),
                _ => format!("{}-{number}", record.record_id),
            };
            out.push(Arc::new(StreamRecord {
                record_id,
                data: raw_data,
                processed,
                ..StreamRecord::clone(record)
            }));
        }
        Ok(count)
    }
}

/// Returns `true` if both are the same bytes in memory.
fn is_same(one: &Bytes, other: &Bytes) -> bool {
    one.as_ptr() == other.as_ptr() && one.len() == other.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        delivery_stream::KeySource,
        processors::conformance::check_record_processor,
        source::{DirectPut, PutRecord},
    };

    /// Makes a record of each line.
    #[derive(Debug)]
    struct SplitLines;

    impl RecordProcessor for SplitLines {
        fn process(
            &self,
            _record: &StreamRecord,
            payload: Payload,
            out: &mut Vec<Payload>,
        ) -> Result<(), DeliveryFailure> {
            let lines = payload.data.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            out.extend(lines.map(|line| {
                let line = payload.data.slice_ref(line);
                Payload { raw_data: line.clone(), data: line, ..payload.clone() }
            }));
            Ok(())
        }
    }

    /// Replaces the data and sets keys, as Decompression and MetadataExtraction do.
    #[derive(Debug)]
    struct Reverse;

    impl RecordProcessor for Reverse {
        fn process(
            &self,
            _record: &StreamRecord,
            mut payload: Payload,
            out: &mut Vec<Payload>,
        ) -> Result<(), DeliveryFailure> {
            let key = |value: &str| ("k".to_owned(), value.to_owned());
            payload.data = payload.data.iter().rev().copied().collect();
            payload.lambda_keys.extend([key("l")]);
            payload.query_keys.extend([key("q")]);
            out.push(payload);
            Ok(())
        }
    }

    /// Fails for data other than digits.
    #[derive(Debug)]
    struct OnlyDigits;

    impl RecordProcessor for OnlyDigits {
        fn process(
            &self,
            _record: &StreamRecord,
            payload: Payload,
            out: &mut Vec<Payload>,
        ) -> Result<(), DeliveryFailure> {
            if !payload.data.iter().all(u8::is_ascii_digit) {
                return Err(DeliveryFailure::InvalidData);
            }
            out.push(payload);
            Ok(())
        }
    }

    fn replace(chain: &RecordChain, data: &str) -> Result<Vec<(String, String)>, DeliveryFailure> {
        let now = crate::now::now();
        let record = PutRecord::new(1, Bytes::copy_from_slice(data.as_bytes()));
        let record = Arc::new(DirectPut::new(now).put(record, now).unwrap());
        let id = record.record_id.clone();
        let text = |record: &StreamRecord| {
            let suffix = record.record_id.strip_prefix(&id).unwrap().to_owned();
            (suffix, String::from_utf8(record.payload().to_vec()).unwrap())
        };
        let mut out = Vec::new();
        let count = chain.replace(&record, &mut out)?;
        assert_eq!(count, out.len());
        if chain.is_empty() {
            assert!(Arc::ptr_eq(&out[0], &record), "an empty chain copies a record");
        }
        Ok(out.iter().map(|record| text(record)).collect())
    }

    #[test]
    fn a_processor_that_splits_and_one_that_fails_keep_the_contract() {
        let passing: &[(&str, &[&str])] = &[("a", &["a"]), ("1\n\n2\n", &["1", "2"]), ("", &[])];
        check_record_processor(&SplitLines, passing, &[]);
        check_record_processor(&OnlyDigits, &[("", &[""]), ("12", &["12"])], &["a", "1\n"]);
        check_record_processor(&Reverse, &[("12", &["21"])], &[]);
    }

    #[test]
    fn a_record_passes_all_processors_or_fails_as_a_whole() {
        let chain = RecordChain::new(vec![Box::new(SplitLines), Box::new(OnlyDigits)]);
        let text = |suffix: &str, data: &str| (suffix.to_owned(), data.to_owned());
        assert_eq!(replace(&chain, "7"), Ok(vec![text("", "7")]));
        assert_eq!(replace(&chain, "1\n2"), Ok(vec![text("-1", "1"), text("-2", "2")]));
        assert_eq!(replace(&chain, "\n"), Ok(vec![]));
        assert_eq!(replace(&chain, "1\nx\n2"), Err(DeliveryFailure::InvalidData));
    }

    /// The function gets the processed data, and an error line the original or its part.
    #[test]
    fn a_replaced_record_keeps_its_original_and_its_keys() {
        let now = crate::now::now();
        let record = PutRecord::new(1, Bytes::from_static(b"12\n34"));
        let record = Arc::new(DirectPut::new(now).put(record, now).unwrap());
        let replaced = |processors| {
            let mut out = Vec::new();
            RecordChain::new(processors).replace(&record, &mut out).unwrap();
            let keys = |record: &StreamRecord| {
                let keys = record.partition_keys();
                let of = |source| keys.get(source, "k").unwrap_or("-").to_owned();
                [KeySource::Lambda, KeySource::Query].map(of).concat()
            };
            let texts = out.iter().map(|record| {
                let [data, raw_data] =
                    [record.payload(), &record.data].map(|data| str::from_utf8(data).unwrap());
                format!("{data:?} {raw_data:?} {}", keys(record))
            });
            texts.collect::<Vec<_>>()
        };
        assert_eq!(replaced(vec![Box::new(Reverse)]), [r#""43\n21" "12\n34" lq"#]);
        assert_eq!(replaced(vec![Box::new(SplitLines)]), [r#""12" "12" --"#, r#""34" "34" --"#]);
        let both: Vec<Box<dyn RecordProcessor>> = vec![Box::new(SplitLines), Box::new(Reverse)];
        assert_eq!(replaced(both), [r#""21" "12" lq"#, r#""43" "34" lq"#]);
    }

    #[test]
    fn an_empty_chain_changes_nothing() {
        let chain = RecordChain::default();
        assert!(chain.is_empty());
        assert_eq!(replace(&chain, "a\nb"), Ok(vec![(String::new(), "a\nb".to_owned())]));
    }
}
