use std::sync::Arc;

use crate::{
    delivery_stream::{DeliveryFailure, DeliveryStream, DestinationKind, StreamRecord},
    observer::DeliveryObserver,
    processors::{Payload, RecordChain, record_chains},
};

/// Firehose's own processors of a delivery stream, before and after the function. A replay without
/// a delivery stream has none.
#[derive(Debug, Default)]
pub(super) struct ReplayStages {
    before: RecordChain,
    /// The processors for a record that is unpacked already; `None` if error lines have no such
    /// records.
    before_unpacked: Option<RecordChain>,
    after: RecordChain,
    /// `true` if the function may have named the Iceberg table of an output.
    loses_tables: bool,
}

impl ReplayStages {
    /// Creates the processors of a delivery stream as a run creates them.
    pub(super) fn of(stream: &DeliveryStream, observer: &Arc<dyn DeliveryObserver>) -> Self {
        let (before, after) = record_chains(stream, observer);
        let processors = &stream.processors;
        // RecordDeAggregation splits unpacked records, and an error line then has the part.
        let has_unpacked = processors.decompresses && processors.sub_records.is_some();
        let before_unpacked = has_unpacked.then(|| {
            let mut unpacked = stream.clone();
            unpacked.processors.decompresses = false;
            unpacked.processors.extracts_messages = false;
            record_chains(&unpacked, observer).0
        });
        let has_tables = stream.destination.kind() == DestinationKind::Iceberg;
        let loses_tables = has_tables && stream.lambda.is_some();
        Self { before, before_unpacked, after, loses_tables }
    }

    /// Returns `true` if the answer of the function may have named the Iceberg table of an output.
    /// An error line does not hold the answer, and the delivery must not insert into a table what
    /// the function wanted elsewhere.
    pub(super) fn lose_tables(&self) -> bool {
        self.loses_tables
    }

    /// Appends the records that the function receives in place of an original record to `out`.
    /// Returns their number.
    ///
    /// # Errors
    ///
    /// The failure of the first processor that fails.
    pub(super) fn replace(
        &self,
        record: &Arc<StreamRecord>,
        out: &mut Vec<Arc<StreamRecord>>,
    ) -> Result<usize, DeliveryFailure> {
        const GZIP: [u8; 2] = [0x1f, 0x8b];
        match &self.before_unpacked {
            Some(unpacked) if !record.data.starts_with(&GZIP) => unpacked.replace(record, out),
            _ => self.before.replace(record, out),
        }
    }

    /// Returns the payload that is delivered in place of an output.
    ///
    /// # Errors
    ///
    /// The failure of the first processor that fails.
    pub(super) fn finish(
        &self,
        record: &StreamRecord,
        payload: Payload,
    ) -> Result<Payload, DeliveryFailure> {
        if self.after.is_empty() {
            return Ok(payload);
        }
        // MetadataExtraction, Firehose's only processor after the function, returns one payload.
        let mut payloads = self.after.process(record, payload)?;
        payloads.pop().ok_or(DeliveryFailure::QueryFailed)
    }
}
