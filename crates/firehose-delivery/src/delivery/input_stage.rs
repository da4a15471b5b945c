use std::sync::Arc;

use super::{
    chunk::Chunk,
    stream_counter::{RecordChanges, StreamCounter},
};
use crate::{
    delivery_stream::{DeliveryFailure, StreamRecord},
    processors::RecordChain,
};

/// The processors of single records before the function, with the records that wait for these
/// processors.
///
/// A record can become much larger, for example by decompression. So each step processes only a
/// part of a chunk. The caller starts the next step when the later stages have room.
#[derive(Debug, Default)]
pub(super) struct InputStage {
    chain: RecordChain,
    /// A chunk whose records wait, and the number of its records that are processed already.
    waiting: Option<(Chunk, usize)>,
}

/// The records of one step.
#[derive(Debug, Default)]
pub(super) struct InputStep {
    /// The records for the function, or for the destination without a function.
    pub(super) records: Vec<Arc<StreamRecord>>,
    /// The records that failed.
    pub(super) failures: Vec<(Arc<StreamRecord>, DeliveryFailure)>,
}

impl InputStage {
    /// The size of the processed data at which a step ends, in bytes.
    const STEP_BYTES: usize = 1024 * 1024;

    pub(super) fn new(chain: RecordChain) -> Self {
        Self { chain, waiting: None }
    }

    /// Returns `true` if the stage changes no record.
    pub(super) fn is_empty(&self) -> bool {
        self.chain.is_empty()
    }

    /// Takes a chunk. The caller adds a chunk only if no records wait.
    pub(super) fn push(&mut self, chunk: &Chunk) {
        self.waiting = Some((Arc::clone(chunk), 0));
    }

    /// Returns `true` if records wait.
    pub(super) fn has_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// Processes the next records. Each record is in the result, or is counted as dropped.
    pub(super) fn step(&mut self, counter: &StreamCounter) -> InputStep {
        let mut step = InputStep::default();
        let mut changes = RecordChanges::default();
        let Some((chunk, start)) = self.waiting.take() else { return step };
        let mut bytes = 0;
        for (record, index) in chunk[start..].iter().zip(start..) {
            if bytes >= Self::STEP_BYTES {
                self.waiting = Some((Arc::clone(&chunk), index));
                break;
            }
            let first = step.records.len();
            match self.chain.replace(record, &mut step.records) {
                Ok(count) => {
                    changes.add(record.position, count);
                    let payloads = step.records[first..].iter().map(|it| it.payload().len());
                    bytes += payloads.sum::<usize>();
                }
                Err(failure) => step.failures.push((Arc::clone(record), failure)),
            }
        }
        counter.count_changes(&changes);
        step
    }

    /// Removes the waiting records, and returns their positions.
    pub(super) fn give_up(&mut self) -> Vec<u64> {
        let (chunk, start) = self.waiting.take().unwrap_or_default();
        chunk[start..].iter().map(|record| record.position).collect()
    }
}
