use std::time::Duration;

use bytes::Bytes;
use firehose_pipeline::Pipeline;
use firehose_runtime::Answer;
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::{
    super::{
        command_error::CommandError,
        pipeline_function::{DEFAULT_MEMORY_SIZE, pipeline_function},
    },
    tried_record::{TriedOutcome, TriedRecord},
};
use crate::hint::with_hint;
use firehose_delivery::{
    delivery_stream::{EventWriter, RecordOutcome, RejectedResponse, StreamRecord, read_response},
    function::InProcessFunction,
    sizing::{PutTo, SampleStream},
    source::{InputItem, PutError},
};

/// A pipeline and the stream whose records it transforms.
///
/// Each record is sent in an event of its own, so that the cause and the failed items in the report
/// belong to this record.
#[derive(Debug)]
pub(super) struct Trial {
    runtime: Runtime,
    function: InProcessFunction,
    stream: SampleStream,
    events: EventWriter,
}

impl Trial {
    pub(super) fn new(
        pipeline: Pipeline,
        put_to: PutTo,
        limit: Duration,
    ) -> Result<Self, CommandError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        Ok(Self {
            runtime: runtime.map_err(|error| CommandError::no_runtime(&error))?,
            function: pipeline_function(pipeline, DEFAULT_MEMORY_SIZE, limit, 1),
            stream: SampleStream::new(put_to),
            events: put_to.event_writer(),
        })
    }

    /// Runs one item of the input, and calls `show` with each of its records. A KPL aggregate has a
    /// record for each user record. Stops if `show` returns `false`.
    pub(super) fn run(&mut self, item: InputItem, mut show: impl FnMut(TriedRecord) -> bool) {
        let mut records = Vec::new();
        let refused = match item {
            InputItem::Record(record) => {
                let position = record.position;
                let put = self.stream.put(record, &mut records);
                put.err().map(|reason| TriedRecord::refused(position, reason))
            }
            InputItem::TooLarge { position, bytes, limit } => {
                let reason = PutError::TooLarge { position, bytes, limit }.to_string();
                Some(TriedRecord::refused(position, reason))
            }
            InputItem::Unreadable { position, reason } => {
                Some(TriedRecord::refused(position, reason))
            }
        };
        let is_aggregate = records.len() > 1;
        for record in records {
            let mut tried = self.run_record(&record);
            let kinesis = record.kinesis.filter(|_| is_aggregate);
            tried.user_record = kinesis.map(|kinesis| kinesis.subsequence_number + 1);
            if !show(tried) {
                return;
            }
        }
        if let Some(refused) = refused {
            show(refused);
        }
    }

    fn run_record(&self, record: &StreamRecord) -> TriedRecord {
        let event = self.events.write(&[record], Uuid::new_v4());
        let (outcome, report) = match self.runtime.block_on(self.function.answer(event)) {
            Ok(Answer { response, report, .. }) => {
                let cause = report.failures.first().map(|failure| failure.cause.clone());
                (outcome(&response, record, cause), report)
            }
            Err(error) => {
                let cause = with_hint(&error);
                (TriedOutcome::FunctionFailed { cause }, Default::default())
            }
        };
        TriedRecord {
            position: record.position,
            user_record: None,
            before: record.data.clone(),
            outcome,
            items_failed: report.items_failed,
            first_failed_items: report.first_failed_items,
        }
    }
}

/// Reads the outcome of the only record from a response. `cause` is the cause of its failure in the
/// report.
fn outcome(response: &Bytes, record: &StreamRecord, cause: Option<String>) -> TriedOutcome {
    let outcomes = read_response(response, &[record], &[]).map(|answers| answers.outcomes);
    let failure = match outcomes.map(|mut outcomes| outcomes.pop()) {
        Ok(Some(RecordOutcome::Ok { data, partition_keys, .. })) => {
            return TriedOutcome::Ok { after: data, partition_keys };
        }
        Ok(Some(RecordOutcome::Dropped)) => return TriedOutcome::Dropped,
        Ok(Some(RecordOutcome::Failed(failure))) | Err(RejectedResponse { failure, .. }) => {
            failure.error_message()
        }
        Ok(None) => "the function returned no answer",
    };
    TriedOutcome::Failed { cause: cause.unwrap_or_else(|| failure.to_owned()) }
}
