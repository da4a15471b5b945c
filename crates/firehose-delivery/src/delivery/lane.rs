use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};

use super::{
    Chunk,
    account::{Account, DeliveredObject},
    lambda_processor::{Attempted, LambdaProcessor},
    retrying_invoker::Processed,
};
use crate::{
    delivery_stream::{Answers, DeliveryFailure, RecordOutcome, StreamRecord},
    destination::{ObjectDestination, ObjectSummary, PositionRanges},
    now::now,
    object_writer::UploadResult,
    progress::Progress,
    store::{StoreError, StoreErrorKind},
};

/// A delivery stream at work: takes records, sends them through the function if there is one,
/// and delivers what comes of them.
#[derive(Debug)]
pub struct Lane {
    name: String,
    lambda: Option<LambdaProcessor>,
    objects: ObjectDestination,
    account: Arc<Mutex<Account>>,
    /// Told when the store fails, so that no more input is read.
    stop: watch::Sender<bool>,
    progress: Progress,
    /// The store has failed: from here on, records are only counted.
    is_broken: bool,
    /// How many objects could not be put.
    errors: u64,
}

impl Lane {
    /// Of objects that could not be put, so many are named.
    const ERRORS_SAID: u64 = 10;
    const ONE_MORE: u64 = Self::ERRORS_SAID + 1;

    pub fn new(
        name: &str,
        lambda: Option<LambdaProcessor>,
        objects: ObjectDestination,
        stop: watch::Sender<bool>,
        progress: Progress,
    ) -> Self {
        Self {
            name: name.to_owned(),
            lambda,
            objects,
            account: Arc::default(),
            stop,
            progress,
            is_broken: false,
            errors: 0,
        }
    }

    /// Its delivery stream.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Works until there are no more chunks and everything is delivered, or cannot be.
    pub async fn run(mut self, mut chunks: mpsc::Receiver<Chunk>) {
        let mut is_open = true;
        while is_open || !self.is_idle() {
            if !is_open {
                self.close();
            }
            let deadline = self.deadline();
            let has_room = self.has_room();
            let has_running = self.lambda.as_ref().is_some_and(LambdaProcessor::is_running);
            tokio::select! {
                Some(processed) = next_processed(&mut self.lambda), if has_running => {
                    self.take(processed);
                }
                Some(put) = self.objects.next_upload() => self.count(put),
                chunk = chunks.recv(), if is_open && has_room => match chunk {
                    Some(chunk) => self.receive(&chunk),
                    None => is_open = false,
                },
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    self.flush_due();
                }
            }
            if let Some(stage) = &mut self.lambda {
                stage.start();
            }
        }
    }

    fn receive(&mut self, chunk: &Chunk) {
        if self.is_broken {
            return self.lose(chunk.iter().map(|record| record.position));
        }
        for record in chunk.iter() {
            match &mut self.lambda {
                Some(stage) => stage.push(record),
                None => self.deliver(record, &record.data, &BTreeMap::new(), 0),
            }
        }
    }

    fn take(&mut self, processed: Attempted) {
        let processed = match processed {
            Ok(processed) => processed,
            Err(records) => return self.lose(records.iter().map(|record| record.position)),
        };
        let Processed { records, answers: Answers { outcomes, ignored }, attempts, .. } =
            &processed;
        let dropped = outcomes.iter().filter(|it| **it == RecordOutcome::Dropped).count();
        let violations = outcomes.iter().filter(|it| breaks_contract(it)).count();
        {
            let mut account = self.account();
            account.invocations += u64::from(*attempts);
            account.function_errors += u64::from(processed.function_errors);
            account.function_time += processed.function_time;
            account.ignored_answers += ignored;
            account.dropped += dropped as u64;
            account.contract_violations += violations as u64 + ignored;
            account.lost_batches += u64::from(processed.function_errors == *attempts);
        }
        if self.is_broken {
            let left = records.iter().zip(outcomes);
            let left = left.filter(|(_, outcome)| **outcome != RecordOutcome::Dropped);
            return self.lose(left.map(|(record, _)| record.position));
        }
        for (record, outcome) in records.iter().zip(outcomes) {
            match outcome {
                RecordOutcome::Ok { data, partition_keys } => {
                    self.deliver(record, data, partition_keys, *attempts);
                }
                RecordOutcome::Dropped => {}
                RecordOutcome::Failed(failure) => {
                    self.objects.fail(record, *failure, *attempts, processed.ended);
                }
            }
        }
    }

    fn deliver(
        &mut self,
        record: &StreamRecord,
        data: &[u8],
        partition_keys: &BTreeMap<String, String>,
        attempts: u32,
    ) {
        if let Err(failure) = self.objects.deliver(record, data, partition_keys) {
            self.objects.fail(record, failure, attempts.max(1), now());
        }
    }

    fn count(&mut self, put: UploadResult<ObjectSummary>) {
        let UploadResult { key, bytes, what: ObjectSummary { positions, failed }, result } = put;
        let records = positions.records();
        match result {
            Ok(()) => {
                let mut account = self.account();
                account.add_object(DeliveredObject { key, records, bytes });
                if failed.is_empty() {
                    account.delivered += records;
                } else {
                    account.add_failed(failed);
                }
            }
            Err(error) => {
                self.account().undelivered.merge(positions);
                if let Some(error) = &error {
                    self.say(error);
                }
                // What is wrong with one key alone is nothing to the next.
                if error.is_none_or(|error| error.kind() != StoreErrorKind::BadKey) {
                    self.give_up();
                }
            }
        }
    }

    fn say(&mut self, error: &StoreError) {
        self.errors += 1;
        match self.errors {
            ..=Self::ERRORS_SAID => self.progress.say(format_args!("{}: {error}", self.name)),
            Self::ONE_MORE => {
                self.progress.say(format_args!("{}: more errors are only counted", self.name));
            }
            _ => {}
        }
    }

    /// The store has failed: what is here will not be delivered, and no more is to be read.
    fn give_up(&mut self) {
        self.is_broken = true;
        self.stop.send_replace(true);
        let buffered = self.objects.give_up();
        self.account().undelivered.merge(buffered);
        if let Some(stage) = &mut self.lambda {
            let waiting: Vec<_> = stage.give_up().map(|record| record.position).collect();
            self.lose(waiting);
        }
    }

    fn lose(&self, positions: impl IntoIterator<Item = u64>) {
        let mut lost = PositionRanges::default();
        positions.into_iter().for_each(|position| lost.push(position));
        self.account().undelivered.merge(lost);
    }

    /// Nothing more will come: nothing has to wait.
    fn close(&mut self) {
        if let Some(stage) = &mut self.lambda {
            stage.close(None);
            stage.start();
            if !stage.is_idle() {
                return;
            }
        }
        self.objects.seal_all();
    }

    fn flush_due(&mut self) {
        let now = Instant::now();
        if let Some(stage) = &mut self.lambda {
            stage.close(Some(now));
        }
        self.objects.seal_due(now);
    }

    fn deadline(&self) -> Option<Instant> {
        let stage = self.lambda.as_ref().and_then(LambdaProcessor::deadline);
        [stage, self.objects.deadline()].into_iter().flatten().min()
    }

    fn has_room(&self) -> bool {
        self.objects.has_room() && self.lambda.as_ref().is_none_or(LambdaProcessor::has_room)
    }

    fn is_idle(&self) -> bool {
        self.objects.is_empty() && self.lambda.as_ref().is_none_or(LambdaProcessor::is_idle)
    }

    /// The account, for whoever asks how far it is.
    pub fn shared_account(&self) -> Arc<Mutex<Account>> {
        Arc::clone(&self.account)
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a record failed by an answer that Firehose does not take.
pub fn breaks_contract(outcome: &RecordOutcome) -> bool {
    use DeliveryFailure::{
        DuplicatedRecordId, InvalidData, InvalidResponse, InvalidResult, MissingData,
        MissingRecordId,
    };
    matches!(
        outcome,
        RecordOutcome::Failed(
            MissingRecordId
                | DuplicatedRecordId
                | MissingData
                | InvalidResult
                | InvalidData
                | InvalidResponse
        )
    )
}

async fn next_processed(stage: &mut Option<LambdaProcessor>) -> Option<Attempted> {
    stage.as_mut()?.next().await
}
