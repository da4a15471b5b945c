use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    delivery_stream::{
        Answers, DeliveryFailure, EventWriter, LambdaProcessorConfig, RecordOutcome, StreamRecord,
        read_response,
    },
    function::{Function, FunctionError, InvokeError},
    now::now,
    observer::{BatchSummary, DeliveryEvent, DeliveryObserver},
};

/// The invocations of a delivery stream's function.
#[derive(Debug)]
pub struct RetryingInvoker {
    /// The name of the delivery stream in events.
    pub stream: String,
    pub function: Arc<dyn Function>,
    pub lambda: LambdaProcessorConfig,
    pub events: EventWriter,
    /// Whether it is Firehose and not Lambda that gives up first, which it does after five
    /// minutes.
    pub firehose_gives_up: bool,
    /// The observer of function errors.
    pub observer: Arc<dyn DeliveryObserver>,
}

/// A batch that the function has answered, or that has failed.
#[derive(Debug)]
pub struct Processed {
    pub records: Vec<Arc<StreamRecord>>,
    pub answers: Answers,
    /// How often the function was invoked.
    pub attempts: u32,
    /// How many of these were function errors.
    pub function_errors: u32,
    pub function_time: Duration,
    /// The end of the last invocation.
    pub ended: Timestamp,
}

impl RetryingInvoker {
    /// Before an invocation is tried again: a tenth of a second, and twice as long each time.
    /// AWS does not say how long Firehose waits.
    const FIRST_PAUSE: Duration = Duration::from_millis(100);

    /// Invokes the function with a batch, again if it is a function error, up to as many times
    /// as the delivery stream says: with a new invocation id, and the same records.
    pub async fn process(&self, records: Vec<Arc<StreamRecord>>) -> Processed {
        let mut attempts = 0;
        let mut function_errors = 0;
        let mut function_time = Duration::ZERO;
        let mut pause = Self::FIRST_PAUSE;
        let mut event = self.events.write(&records, Uuid::new_v4());
        let answers = loop {
            attempts += 1;
            let start = Instant::now();
            let answer = self.function.invoke(event.clone()).await;
            function_time += start.elapsed();
            match answer {
                Ok(response) => break read_response(&response, &records),
                Err(error) => {
                    function_errors += 1;
                    self.report(&error, attempts);
                    if attempts > self.lambda.retries {
                        break Err(self.failure(&error));
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(Duration::from_secs(5));
            event = EventWriter::with_invocation_id(event, Uuid::new_v4());
        };
        let answers = answers.unwrap_or_else(|failure| Answers {
            outcomes: vec![RecordOutcome::Failed(failure); records.len()],
            ignored: 0,
            misrouted: 0,
        });
        let ended = now();
        Processed { records, answers, attempts, function_errors, function_time, ended }
    }

    fn failure(&self, error: &InvokeError) -> DeliveryFailure {
        match error {
            InvokeError::Function(FunctionError::TimedOut(_)) if self.firehose_gives_up => {
                DeliveryFailure::FunctionTimedOut
            }
            InvokeError::Start(_) | InvokeError::Function(_) => DeliveryFailure::FunctionError,
        }
    }

    fn report(&self, error: &InvokeError, attempt: u32) {
        self.observer.observe(&DeliveryEvent::InvocationFailed {
            stream: &self.stream,
            function: &self.lambda.function,
            attempt,
            of: u64::from(self.lambda.retries) + 1,
            error,
        });
    }
}

impl Processed {
    /// Returns the counts of the batch.
    pub fn summary(&self) -> BatchSummary {
        let mut summary = BatchSummary {
            records: self.records.len() as u64,
            contract_violations: self.answers.ignored + self.answers.misrouted,
            ignored_answers: self.answers.ignored,
            attempts: self.attempts,
            function_errors: self.function_errors,
            function_time: self.function_time,
            ..BatchSummary::default()
        };
        for outcome in &self.answers.outcomes {
            *match outcome {
                RecordOutcome::Ok { .. } => &mut summary.ok,
                RecordOutcome::Dropped => &mut summary.dropped,
                RecordOutcome::Failed(_) => &mut summary.failed,
            } += 1;
            summary.contract_violations += u64::from(breaks_contract(outcome));
        }
        summary
    }
}

/// Returns `true` if a record failed because its answer breaks Firehose's contract.
fn breaks_contract(outcome: &RecordOutcome) -> bool {
    use DeliveryFailure::{
        DuplicatedRecordId, InvalidData, InvalidPartitionKey, InvalidResponse, InvalidResult,
        MissingData, MissingRecordId,
    };
    matches!(
        outcome,
        RecordOutcome::Failed(
            MissingRecordId
                | DuplicatedRecordId
                | MissingData
                | InvalidPartitionKey
                | InvalidResult
                | InvalidData
                | InvalidResponse
        )
    )
}
