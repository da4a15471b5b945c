use std::sync::atomic::{AtomicU64, Ordering};

use super::plan::Panic;
use crate::{
    delivery_stream::{DeliveryFailure, StreamRecord},
    processors::{Payload, RecordChain, RecordProcessor},
};

/// A processor that panics after a number of records, which pass unchanged.
#[derive(Debug)]
struct Panicking {
    records: u64,
    processed: AtomicU64,
}

impl RecordProcessor for Panicking {
    fn process(
        &self,
        _record: &StreamRecord,
        payload: Payload,
        out: &mut Vec<Payload>,
    ) -> Result<(), DeliveryFailure> {
        assert!(self.processed.fetch_add(1, Ordering::Relaxed) < self.records, "planned");
        out.push(payload);
        Ok(())
    }
}

impl Panic {
    /// Returns the record processors before and after the function.
    pub(super) fn chains(self) -> (RecordChain, RecordChain) {
        let panicking = Panicking { records: self.records, processed: AtomicU64::new(0) };
        let chain = RecordChain::new(vec![Box::new(panicking)]);
        match self.is_before {
            true => (chain, RecordChain::default()),
            false => (RecordChain::default(), chain),
        }
    }
}
