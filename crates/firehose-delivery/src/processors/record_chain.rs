use std::{collections::BTreeMap, sync::Arc};

use super::record_processor::{Payload, RecordProcessor};
use crate::delivery_stream::{DeliveryFailure, StreamRecord};

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

    /// Returns the records that the function receives in place of a record.
    ///
    /// A single record keeps its id. Several records get the id of the original, a hyphen, and
    /// their number from 1. AWS does not document such ids: this form is our choice.
    ///
    /// # Errors
    ///
    /// The failure of the first processor that fails.
    pub(crate) fn replace(
        &self,
        record: &StreamRecord,
    ) -> Result<Vec<Arc<StreamRecord>>, DeliveryFailure> {
        let payload = Payload { data: record.data.clone(), partition_keys: BTreeMap::new() };
        let payloads = self.process(record, payload)?;
        let is_single = payloads.len() == 1;
        let replace = |(index, Payload { data, .. }): (usize, Payload)| {
            let mut record = StreamRecord { data, ..record.clone() };
            if !is_single {
                record.record_id = format!("{}-{}", record.record_id, index + 1);
            }
            Arc::new(record)
        };
        Ok(payloads.into_iter().enumerate().map(replace).collect())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::{
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
            out.extend(lines.map(|line| Payload {
                data: payload.data.slice_ref(line),
                partition_keys: payload.partition_keys.clone(),
            }));
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
        let record = DirectPut::new(now).put(record, now).unwrap();
        let id = record.record_id.clone();
        let text = |record: &StreamRecord| {
            let suffix = record.record_id.strip_prefix(&id).unwrap().to_owned();
            (suffix, String::from_utf8(record.data.to_vec()).unwrap())
        };
        Ok(chain.replace(&record)?.iter().map(|record| text(record)).collect())
    }

    #[test]
    fn a_processor_that_splits_and_one_that_fails_keep_the_contract() {
        let passing: &[(&str, &[&str])] = &[("a", &["a"]), ("1\n\n2\n", &["1", "2"]), ("", &[])];
        check_record_processor(&SplitLines, passing, &[]);
        check_record_processor(&OnlyDigits, &[("", &[""]), ("12", &["12"])], &["a", "1\n"]);
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

    #[test]
    fn an_empty_chain_changes_nothing() {
        let chain = RecordChain::default();
        assert!(chain.is_empty());
        assert_eq!(replace(&chain, "a\nb"), Ok(vec![(String::new(), "a\nb".to_owned())]));
    }
}
