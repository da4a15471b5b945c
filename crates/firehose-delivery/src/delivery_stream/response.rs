use std::{borrow::Borrow, collections::BTreeMap, mem};

use bytes::Bytes;
use firehose_runtime::{
    PayloadField,
    contract::{AnswerMetadata, ExpectedAnswer, IcebergAnswer, RecordAnswer, Violation, judge},
};

use super::{delivery_failure::DeliveryFailure, stream_record::StreamRecord};

/// The outcomes of a batch that a function answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Answers {
    /// One outcome for each record, in the order of the records.
    pub outcomes: Vec<RecordOutcome>,
    /// The number of answers to records that are not in the batch. Firehose ignores these answers.
    pub ignored: u64,
    /// The number of `Ok` records whose `metadata` breaks the contract. A destination of Iceberg
    /// tables fails a record with an invalid field. Other destinations ignore the invalid part.
    pub misrouted: u64,
    /// The first violation of each kind of Firehose's contract by the response, and then the first
    /// missing partition key. A record with a missing key has the outcome `Ok` here, and fails later
    /// in the destination.
    pub violations: Vec<Violation>,
}

/// The failure of a batch whose response Firehose rejects.
#[derive(Debug, PartialEq, Eq)]
pub struct RejectedResponse {
    /// The failure that Firehose reports for each record.
    pub failure: DeliveryFailure,
    /// The first violation of Firehose's contract that fails the whole batch. Earlier violations of
    /// the response may concern single records.
    pub violation: Violation,
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
        /// The Iceberg table that the answer names.
        iceberg: IcebergAnswer,
    },
    /// Firehose delivers nothing.
    Dropped,
    /// Firehose delivers the original record under the error output prefix.
    Failed(DeliveryFailure),
}

/// Reads a function's response as Firehose does, and returns the outcome of each record.
/// `partition_keys` has the names of the partition keys in the prefix.
///
/// [`judge`] reads and checks the response, as for `firehose-local check` and the fixtures.
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
/// | has an `otfMetadata` with an invalid field | nothing, or for Iceberg tables that record, `Iceberg.InvalidTableName` | AWS documents that a record without a table goes to the error output; the code for an invalid field is our choice |
/// | has a partition key that is null, empty, an array or an object | that record, `DynamicPartitioning.MetadataExtractionFailed` | the code is observed with dynamic partitioning; without dynamic partitioning: our choice |
/// | answers a record that is not in the batch | nothing: Firehose ignores the answer | observed |
///
/// The order of the answers does not matter. A partition key that is a number or a boolean becomes
/// text: our choice, because AWS does not document this case.
///
/// # Errors
///
/// If the batch fails as a whole. Such a batch is not retried. Firehose was observed not to retry
/// single failed records. AWS does not document whether Firehose retries a batch with a rejected
/// response: no retry is our choice.
///
/// [documented]: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
pub fn read_response<R: Borrow<StreamRecord>>(
    response: &[u8],
    records: &[R],
    partition_keys: &[String],
) -> Result<Answers, RejectedResponse> {
    let expected = records.iter().map(|record| {
        let record: &StreamRecord = record.borrow();
        let field = match record.msk {
            Some(_) => PayloadField::KafkaRecordValue,
            None => PayloadField::Data,
        };
        ExpectedAnswer { record_id: record.record_id.as_str().into(), field }
    });
    let mut outcomes = vec![RecordOutcome::Dropped; records.len()];
    let mut misrouted = Vec::new();
    let judgement = judge(expected, partition_keys, response, |index, answer| {
        outcomes[index] = match answer {
            Ok(RecordAnswer::Ok { data, metadata }) => {
                let AnswerMetadata { partition_keys, iceberg_routing, iceberg, .. } = metadata;
                match partition_keys {
                    Err(violation @ Violation::InvalidPartitionKey { .. }) => {
                        RecordOutcome::Failed(failure(&violation))
                    }
                    keys => {
                        if keys.is_err() || iceberg_routing.is_err() {
                            misrouted.push(index);
                        }
                        let partition_keys = keys.unwrap_or_default();
                        RecordOutcome::Ok { data, partition_keys, iceberg }
                    }
                }
            }
            Ok(RecordAnswer::Dropped) => RecordOutcome::Dropped,
            Ok(RecordAnswer::ProcessingFailed) => {
                RecordOutcome::Failed(DeliveryFailure::ProcessingFailed)
            }
            Err(violation) => RecordOutcome::Failed(failure(violation)),
        };
    });
    if let Some(violation) = judgement.batch_failure() {
        let (failure, violation) = (failure(violation), violation.clone());
        return Err(RejectedResponse { failure, violation });
    }
    let ignored = judgement.ignored as u64;
    // A record that is answered twice is not delivered.
    misrouted.retain(|index| matches!(outcomes[*index], RecordOutcome::Ok { .. }));
    let misrouted = misrouted.len() as u64;
    let violations = judgement.violations.into_iter().chain(judgement.missing_partition_keys);
    Ok(Answers { outcomes, ignored, misrouted, violations: first_of_each_kind(violations) })
}

/// Returns the first violation of each kind.
fn first_of_each_kind(violations: impl Iterator<Item = Violation>) -> Vec<Violation> {
    let mut first: Vec<Violation> = Vec::new();
    for violation in violations {
        let kind = mem::discriminant(&violation);
        if !first.iter().any(|it| mem::discriminant(it) == kind) {
            first.push(violation);
        }
    }
    first
}

/// Returns the failure that Firehose reports for a violation.
fn failure(violation: &Violation) -> DeliveryFailure {
    match violation {
        Violation::NotJson { .. } => DeliveryFailure::InvalidResponse,
        Violation::NotBase64 { .. } => DeliveryFailure::InvalidData,
        Violation::InvalidPartitionKey { .. } => DeliveryFailure::InvalidPartitionKey,
        Violation::NotAnswered { .. } => DeliveryFailure::MissingRecordId,
        Violation::AnsweredTwice { .. } => DeliveryFailure::DuplicatedRecordId,
        violation if violation.fails_batch() => DeliveryFailure::InvalidResult,
        // A response without `records`.
        Violation::NoRecords { .. } => DeliveryFailure::MissingRecordId,
        // `Ok` without a payload in the field that Firehose reads.
        _ => DeliveryFailure::MissingData,
    }
}

#[cfg(test)]
mod tests;
