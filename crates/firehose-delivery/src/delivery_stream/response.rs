use std::{
    borrow::{Borrow, Cow},
    collections::{BTreeMap, HashMap},
};

use bytes::Bytes;
use firehose_runtime::{
    PayloadField,
    contract::{RecordAnswer, Response, ResponseRecord, Violation},
};

use super::{delivery_failure::DeliveryFailure, stream_record::StreamRecord};

/// The outcomes of a batch that a function answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Answers {
    /// One outcome for each record, in the order of the records.
    pub outcomes: Vec<RecordOutcome>,
    /// The number of answers to records that are not in the batch. Firehose ignores these answers.
    pub ignored: u64,
    /// The number of delivered records whose `metadata` breaks the contract. Firehose cannot route
    /// these records to an Iceberg table. Other destinations ignore the invalid part.
    pub misrouted: u64,
}

/// The outcome of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordOutcome {
    /// Firehose delivers the output.
    Ok {
        /// The output of the function.
        data: Bytes,
        /// The keys for dynamic partitioning; empty if the answer has none.
        partition_keys: BTreeMap<String, String>,
    },
    /// Firehose delivers nothing.
    Dropped,
    /// Firehose delivers the original record under the error output prefix.
    Failed(DeliveryFailure),
}

/// Reads a function's response as Firehose does, and returns the outcome of each record.
///
/// [`firehose_runtime::contract`] parses and checks the response.
///
/// | response | failure | source |
/// |---|---|---|
/// | is not JSON | the batch, `Lambda.JsonProcessingException` | [documented] |
/// | has a result that is not one of the three | the batch, `Lambda.FunctionError` | the code is observed; sources differ on whether the batch or the record fails: our choice |
/// | has data that is not base64 | the batch, `Lambda.FunctionError` | observed; the documentation names `Lambda.JsonMappingException` and does not mention the batch: our choice |
/// | has a field of another type | the batch, `Lambda.FunctionError` | not documented: our choice |
/// | is an object with an empty list, or without `records` | each record, `Lambda.MissingRecordId` | observed |
/// | has `null` for `records` | each record, `Lambda.MissingRecordId` | sources differ, some name the batch and `Lambda.FunctionError`: our choice |
/// | leaves a record out | that record, `Lambda.MissingRecordId` | observed |
/// | answers a record twice | that record, `Lambda.DuplicatedRecordId` | the code is observed; sources differ on whether the record or the batch fails: our choice |
/// | has `Ok` without data | that record, `Lambda.InvalidReturnFormat` | observed |
/// | has `ProcessingFailed` | that record, `Lambda.ProcessingFailedStatus` | observed |
/// | has a partition key that is null, empty, an array or an object | that record, `DynamicPartitioning.MetadataExtractionFailed` | the code is observed with dynamic partitioning; without dynamic partitioning: our choice |
/// | answers a record that is not in the batch | nothing: Firehose ignores the answer | observed |
///
/// The order of the answers does not matter. A partition key that is a number or a boolean becomes
/// text: our choice, because AWS does not document this case.
///
/// # Errors
///
/// If the batch fails as a whole. No such failure is retried. Firehose was observed not to retry
/// records that fail alone. AWS does not document whether Firehose retries a batch with an unusable
/// answer: no retry is our choice.
///
/// [documented]: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
pub fn read_response<R: Borrow<StreamRecord>>(
    response: &[u8],
    records: &[R],
) -> Result<Answers, DeliveryFailure> {
    let response = Response::parse(response).map_err(|violation| failure(&violation))?;
    let mut answers = Vec::with_capacity(records.len());
    // One answer can fail the whole batch, so all answers are read before any is used.
    for (index, answer) in response.records().enumerate() {
        answers.push(ReadAnswer::new(index, &answer)?);
    }
    let is_in_order = answers.len() == records.len()
        && answers
            .iter()
            .zip(records)
            .all(|(answer, record)| answer.has_id(&record.borrow().record_id));
    if is_in_order {
        let misrouted = answers.iter().filter(|answer| answer.is_misrouted).count() as u64;
        let outcomes = answers.into_iter().map(|answer| answer.outcome).collect();
        return Ok(Answers { outcomes, ignored: 0, misrouted });
    }
    Ok(match_by_id(answers, records))
}

/// Matches answers that are out of order, missing, repeated, or for unknown records.
fn match_by_id<R: Borrow<StreamRecord>>(answers: Vec<ReadAnswer<'_>>, records: &[R]) -> Answers {
    let mut ignored = answers.len() as u64;
    let mut by_id: HashMap<_, (ReadAnswer<'_>, u64)> = HashMap::with_capacity(answers.len());
    for mut answer in answers {
        if let Some(id) = answer.record_id.take() {
            by_id.entry(id).and_modify(|(_, times)| *times += 1).or_insert((answer, 1));
        }
    }
    let mut misrouted = 0;
    let outcomes = records
        .iter()
        .map(|record| match by_id.remove(&*record.borrow().record_id) {
            None => RecordOutcome::Failed(DeliveryFailure::MissingRecordId),
            Some((answer, 1)) => {
                ignored -= 1;
                misrouted += u64::from(answer.is_misrouted);
                answer.outcome
            }
            Some((_, times)) => {
                ignored -= times;
                RecordOutcome::Failed(DeliveryFailure::DuplicatedRecordId)
            }
        })
        .collect();
    Answers { outcomes, ignored, misrouted }
}

/// An answer before it is matched with its record.
struct ReadAnswer<'a> {
    record_id: Option<Cow<'a, str>>,
    outcome: RecordOutcome,
    /// `true` for an output whose `metadata` breaks the contract.
    is_misrouted: bool,
}

impl<'a> ReadAnswer<'a> {
    /// Reads one answer, or returns the failure of the whole batch.
    fn new(index: usize, answer: &ResponseRecord<'a>) -> Result<Self, DeliveryFailure> {
        let mut is_misrouted = false;
        let outcome = match answer.answer(index, PayloadField::Data) {
            Ok(RecordAnswer::Ok { data, metadata }) => match metadata.partition_keys() {
                Err(violation @ Violation::InvalidPartitionKey { .. }) => {
                    RecordOutcome::Failed(failure(&violation))
                }
                keys => {
                    is_misrouted = keys.is_err() || metadata.iceberg_routing().is_err();
                    RecordOutcome::Ok { data, partition_keys: keys.unwrap_or_default() }
                }
            },
            Ok(RecordAnswer::Dropped) => RecordOutcome::Dropped,
            Ok(RecordAnswer::ProcessingFailed) => {
                RecordOutcome::Failed(DeliveryFailure::ProcessingFailed)
            }
            Err(violation) if violation.fails_batch() => return Err(failure(&violation)),
            Err(violation) => RecordOutcome::Failed(failure(&violation)),
        };
        Ok(Self { record_id: answer.record_id(), outcome, is_misrouted })
    }

    fn has_id(&self, record_id: &str) -> bool {
        self.record_id.as_deref() == Some(record_id)
    }
}

/// Returns the failure that Firehose reports for a violation.
fn failure(violation: &Violation) -> DeliveryFailure {
    match violation {
        Violation::NotJson { .. } => DeliveryFailure::InvalidResponse,
        Violation::NotBase64 { .. } => DeliveryFailure::InvalidData,
        Violation::InvalidPartitionKey { .. } => DeliveryFailure::InvalidPartitionKey,
        violation if violation.fails_batch() => DeliveryFailure::InvalidResult,
        // `Ok` without a payload in the field that Firehose reads.
        _ => DeliveryFailure::MissingData,
    }
}

#[cfg(test)]
mod tests;
