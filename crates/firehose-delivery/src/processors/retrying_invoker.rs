use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use uuid::Uuid;

use super::processed_batch::ProcessedBatch;
use crate::{
    delivery_stream::{
        Answers, DeliveryFailure, EventWriter, LambdaProcessorConfig, MAX_EVENT_BYTES,
        RecordOutcome, StreamRecord, read_response,
    },
    function::{Function, FunctionError, InvokeError},
    now::now,
    observer::{DeliveryEvent, DeliveryObserver},
};

/// A function and its retries: a batch is sent again after a function error.
#[derive(Debug)]
pub(crate) struct RetryingInvoker {
    /// The name of the delivery stream in delivery events.
    pub(crate) stream: String,
    /// The function.
    pub(crate) function: Arc<dyn Function>,
    /// The settings: the name of the function in delivery events, and the number of retries.
    pub(crate) lambda: LambdaProcessorConfig,
    /// The writer of the events for the function.
    pub(crate) events: EventWriter,
    /// The names of the partition keys in the prefix of the delivery stream.
    pub(crate) partition_keys: Vec<String>,
    /// `true` if the function's timeout is longer than the five minutes that Firehose waits.
    pub(crate) limited_by_firehose: bool,
    /// The observer of function errors.
    pub(crate) observer: Arc<dyn DeliveryObserver>,
}

impl RetryingInvoker {
    /// The pause before the first retry. Each further pause is twice as long, up to
    /// [`LONGEST_PAUSE`](Self::LONGEST_PAUSE). AWS does not document Firehose's pauses.
    const FIRST_PAUSE: Duration = Duration::from_millis(100);

    const LONGEST_PAUSE: Duration = Duration::from_secs(5);

    /// Invokes the function with a batch, unless the event is larger than Lambda accepts. After a
    /// function error, invokes the function again with the same records and a new invocation id, as
    /// often as the settings allow.
    pub(crate) async fn process(&self, records: Vec<Arc<StreamRecord>>) -> ProcessedBatch {
        let mut attempts = 0;
        let mut function_errors = 0;
        let mut function_time = Duration::ZERO;
        let mut pause = Self::FIRST_PAUSE;
        let mut event = self.events.write(&records, Uuid::new_v4());
        if event.len() > MAX_EVENT_BYTES {
            return self.reject(records, event.len());
        }
        let answers = loop {
            attempts += 1;
            let start = Instant::now();
            let answer = self.function.invoke(event.clone()).await;
            function_time += start.elapsed();
            match answer {
                Ok(response) => break self.read(&response, &records),
                Err(error) => {
                    function_errors += 1;
                    self.report(&error, attempts);
                    if attempts > self.lambda.retries {
                        break failed(records.len(), self.failure(&error));
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(Self::LONGEST_PAUSE);
            event = EventWriter::with_invocation_id(event, Uuid::new_v4());
        };
        ProcessedBatch { records, answers, attempts, function_errors, function_time, ended: now() }
    }

    /// Fails the records of an event that Lambda does not accept, without an invocation.
    ///
    /// A batch ends before an event becomes too large, so an event that is too large has only one
    /// record. AWS does not document what Firehose does with such a record. This behavior is our
    /// choice.
    fn reject(&self, records: Vec<Arc<StreamRecord>>, length: usize) -> ProcessedBatch {
        for record in &records {
            let message = format!(
                "{}: the event with record {} has {length} bytes, and Lambda accepts \
                 {MAX_EVENT_BYTES}; the function is not invoked, and the record fails with {}",
                self.stream,
                record.position,
                DeliveryFailure::EventTooLarge.error_code()
            );
            self.observer.observe(&DeliveryEvent::Warning { message: &message });
        }
        ProcessedBatch {
            answers: failed(records.len(), DeliveryFailure::EventTooLarge),
            records,
            attempts: 0,
            function_errors: 0,
            function_time: Duration::ZERO,
            ended: now(),
        }
    }

    /// Reads a response, and reports its first violation of each kind of Firehose's contract, and its
    /// first missing partition key.
    fn read(&self, response: &[u8], records: &[Arc<StreamRecord>]) -> Answers {
        let answers =
            read_response(response, records, &self.partition_keys).unwrap_or_else(|rejected| {
                Answers {
                    violations: vec![rejected.violation],
                    ..failed(records.len(), rejected.failure)
                }
            });
        for violation in &answers.violations {
            let (stream, function) = (&*self.stream, &*self.lambda.function);
            self.observer.observe(&DeliveryEvent::ContractViolated { stream, function, violation });
        }
        answers
    }

    fn failure(&self, error: &InvokeError) -> DeliveryFailure {
        match error {
            InvokeError::Function(FunctionError::TimedOut(_)) if self.limited_by_firehose => {
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

/// Returns the answers of a batch whose records all fail.
fn failed(records: usize, failure: DeliveryFailure) -> Answers {
    Answers {
        outcomes: vec![RecordOutcome::Failed(failure); records],
        ignored: 0,
        misrouted: 0,
        violations: Vec::new(),
    }
}
