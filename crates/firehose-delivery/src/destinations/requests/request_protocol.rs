use std::{fmt, sync::Arc};

use firehose_runtime::async_trait;

use super::{request_batch::RequestBatch, retry_policy::RetryPolicy};
use crate::delivery_stream::{
    DestinationFailure, DestinationFields, DestinationKind, StreamRecord,
};

/// The requests of one kind of destination: their form, and the meaning of the responses.
///
/// To add a kind, write its file, and create it in `endpoint_destination::protocol`.
#[async_trait]
pub(super) trait RequestProtocol: fmt::Debug + Send + Sync {
    /// Returns the kind of the destination.
    fn kind(&self) -> DestinationKind;

    /// Returns the time for retries.
    fn retry_policy(&self) -> RetryPolicy;

    /// Returns the reason why a record with this data cannot be part of a request. Default: none.
    fn refusal(&self, _data: &[u8]) -> Option<DestinationFailure> {
        None
    }

    /// Returns the fields that the destination adds to the error line of a record.
    fn error_fields(&self, record: &StreamRecord) -> DestinationFields;

    /// Sends the records of a batch with these indexes once, and waits for their outcome.
    async fn attempt(&self, batch: &RequestBatch, pending: &[usize]) -> Attempt;
}

/// The outcome of one attempt.
#[derive(Clone, Debug)]
pub(super) enum Attempt {
    /// All records are delivered, or none.
    Whole(Result<(), AttemptFailure>),
    /// Each record has an outcome of its own, in the order of the records.
    Each(Vec<Result<(), AttemptFailure>>),
}

/// The reason why an attempt did not deliver a record.
#[derive(Clone, Debug)]
pub(super) struct AttemptFailure {
    /// The failure.
    pub(super) failure: DestinationFailure,
    /// The response of the destination, or the reason why it is missing.
    pub(super) response: Arc<str>,
    /// `true` if the record is not sent again.
    pub(super) is_final: bool,
    /// `true` if AWS does not back up the record.
    pub(super) is_lost_in_aws: bool,
}

impl AttemptFailure {
    /// Returns a failure after which the record is sent again.
    pub(super) fn retryable(
        failure: impl Into<DestinationFailure>,
        response: impl Into<Arc<str>>,
    ) -> Self {
        Self {
            failure: failure.into(),
            response: response.into(),
            is_final: false,
            is_lost_in_aws: false,
        }
    }
}
