use std::{collections::BTreeMap, io, time::Duration};

use firehose_runtime::contract::Violation;

use super::BatchSummary;
use crate::{
    delivery_stream::DestinationKind, destinations::DeliveredRequest, function::InvokeError,
    objects::DeliveredObject, source::InputError, store::StoreError,
};

/// An event of a delivery, a replay or a measurement.
///
/// The events of a delivery add up to the counts of the report. Records are received, or added by
/// processors of single records. Each of these records then has one outcome: delivered in an
/// object or by a request, written to an object as failed, dropped, or not delivered.
///
/// A replay reports under the stream name `replay`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum DeliveryEvent<'a> {
    /// A chunk of the input was read.
    InputRead {
        /// The number of records of the input, or of lines of error objects, refused ones included.
        records: u64,
        /// The bytes of the data that the source accepted, or of the lines of error objects.
        bytes: u64,
    },
    /// The lines of the input look like Firehose events.
    InputLooksLikeEvents,
    /// A stream refused a record of the input as a whole or in part.
    RecordRefused {
        /// The position of the record in the input, counted from 1.
        position: u64,
        /// The reason, with the position.
        reason: &'a str,
    },
    /// The input cannot be read any further.
    InputFailed {
        /// The reason.
        error: &'a InputError,
    },
    /// No more input follows.
    InputEnded {
        /// The position of the last record that was read; 0 if no record was read.
        last_read: u64,
        /// `true` if the input was read to its end.
        read_to_end: bool,
    },
    /// A delivery stream received records.
    RecordsReceived {
        /// The delivery stream.
        stream: &'a str,
        /// The number of records.
        records: u64,
        /// The bytes of data in these records.
        bytes: u64,
    },
    /// Processors of single records replaced a record by several, or dropped a record.
    RecordsProcessed {
        /// The delivery stream.
        stream: &'a str,
        /// The number of records that were added.
        added: u64,
        /// The number of records that were dropped.
        dropped: u64,
    },
    /// An invocation ended in a function error, or the function could not be started.
    InvocationFailed {
        /// The delivery stream.
        stream: &'a str,
        /// The function.
        function: &'a str,
        /// The number of the attempt, from 1.
        attempt: u32,
        /// The number of attempts that the delivery stream allows.
        of: u64,
        /// The reason.
        error: &'a InvokeError,
    },
    /// The response to a batch breaks Firehose's contract.
    ContractViolated {
        /// The delivery stream.
        stream: &'a str,
        /// The function.
        function: &'a str,
        /// The first violation of its kind in the response.
        violation: &'a Violation,
    },
    /// The last lines of the log of a function that failed.
    FunctionLog {
        /// The delivery stream that invokes the function.
        stream: &'a str,
        /// The lines, at most ten; empty if the log has a destination.
        lines: &'a [String],
    },
    /// Output of a function could not be written to the log file: the log is incomplete.
    LogIncomplete {
        /// The reason.
        error: &'a io::Error,
    },
    /// The function answered a batch, or failed in every attempt.
    BatchProcessed {
        /// The delivery stream.
        stream: &'a str,
        /// The function.
        function: &'a str,
        /// The outcomes of the batch and its invocations.
        batch: BatchSummary,
    },
    /// An object is in the store.
    ObjectDelivered {
        /// The delivery stream.
        stream: &'a str,
        /// The object.
        object: &'a DeliveredObject,
        /// The number of failed records in the object by error code; empty if the object holds
        /// data.
        failed: &'a BTreeMap<&'static str, u64>,
    },
    /// An endpoint took the records of a request.
    RequestDelivered {
        /// The delivery stream.
        stream: &'a str,
        /// The kind of the destination.
        destination: DestinationKind,
        /// The request.
        request: DeliveredRequest,
    },
    /// An endpoint did not take the records of a request, or some of them. Records that are not sent
    /// again go to the error output.
    RequestFailed {
        /// The delivery stream.
        stream: &'a str,
        /// The kind of the destination.
        destination: DestinationKind,
        /// The number of the attempt, from 1.
        attempt: u32,
        /// The number of records that the endpoint did not take.
        records: u64,
        /// The error code and the response for the first of these records.
        reason: &'a str,
        /// The time until the next attempt; `None` if no attempt follows.
        retry_in: Option<Duration>,
    },
    /// The upload of an object failed. [`RecordsNotDelivered`](Self::RecordsNotDelivered) counts
    /// the records of the object.
    UploadFailed {
        /// The delivery stream.
        stream: &'a str,
        /// The number of records in the object.
        records: u64,
        /// The reason.
        error: &'a StoreError,
    },
    /// Records are neither in an object nor at an endpoint, and never will be.
    RecordsNotDelivered {
        /// The delivery stream.
        stream: &'a str,
        /// The number of records.
        records: u64,
    },
    /// A delivery stream has ended its work.
    StreamEnded {
        /// The delivery stream.
        stream: &'a str,
    },
    /// A line of an error object does not hold a failed record.
    LineRefused {
        /// The error object.
        object: &'a str,
        /// The line in the object, counted from 1.
        line: u64,
        /// The reason.
        reason: &'a str,
    },
    /// An error object cannot be read, or cannot be read to its end.
    ErrorObjectFailed {
        /// The reason.
        error: &'a StoreError,
        /// `true` if the store itself failed, and the reading ends.
        ends_reading: bool,
    },
    /// The upload of an object with recovered records failed.
    RecoveryFailed {
        /// The number of records in the object.
        records: u64,
        /// The reason.
        error: &'a StoreError,
    },
    /// The file of the remaining records cannot be written.
    RemainingFailed {
        /// The reason.
        error: &'a io::Error,
    },
    /// The amount of data that a measurement sends is known, or has changed.
    MeasurementPlanned {
        /// The bytes of data in all batches, including the batches that were sent already.
        bytes: u64,
    },
    /// A measured function answered a batch, or failed.
    BatchMeasured {
        /// The number of records in the batch.
        records: u64,
        /// The bytes of data in the batch.
        bytes: u64,
    },
    /// The last lines of the log of a measured function that failed.
    MeasurementLog {
        /// The lines, at most ten.
        lines: &'a [String],
    },
    /// Data may be lost or changed.
    Warning {
        /// The warning.
        message: &'a str,
    },
    /// The engine does not simulate a feature.
    Note {
        /// The note.
        message: &'a str,
    },
}
