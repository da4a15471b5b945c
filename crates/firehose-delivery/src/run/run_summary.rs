use std::collections::BTreeMap;

use serde::Serialize;

use super::run_report::{RunReport, StreamReport};
use crate::{
    delivery::WantedPositions, delivery_stream::DestinationKind, destinations::PositionSet,
    function::CauseCounts, objects::DeliveredObject, source::InputManifest,
};

/// A [`RunReport`] in the form of the JSON summary.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunSummary {
    /// The delivery streams.
    pub delivery_streams: Vec<StreamSummary>,
    /// The reason why the input could not be read any further.
    pub error: Option<String>,
    /// The files of the input, by which a later run recognizes the input.
    pub input: InputManifest,
    /// The position of the last record that was read, counted from 1; 0 if no record was read.
    pub last_read: u64,
    /// `true` if the input was read to its end.
    pub read_to_end: bool,
    /// Records of the input that the source refused as a whole or in part.
    pub refused: u64,
    /// The time from the first record to the last object, in seconds.
    pub seconds: f64,
    /// Records of the input that an earlier run delivered.
    pub skipped: u64,
}

/// A [`StreamReport`] in the form of the JSON summary.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamSummary {
    /// Records that a record processor added, because it split records. `records` includes them.
    pub added_records: u64,
    /// The bytes of the received records.
    pub bytes: u64,
    /// The causes of failed records; `None` if the run does not have the log of the function.
    pub causes: Option<Vec<CauseSummary>>,
    /// Records in objects under the prefix, or at the endpoint of the destination.
    pub delivered: u64,
    /// The kind of the destination.
    pub destination: DestinationKind,
    /// Records that the function or a record processor dropped.
    pub dropped: u64,
    /// Records in objects under the error output prefix.
    pub failed: u64,
    /// The failed items of records that did not fail; `None` if the run does not have the log of the
    /// function.
    pub failed_items: Option<FailedItemsSummary>,
    /// The failed records by error code.
    pub failed_by_code: BTreeMap<&'static str, u64>,
    /// Invocations that ended in a function error.
    pub function_errors: u64,
    /// The sum of the times of all invocations, which overlap, in milliseconds.
    pub function_milliseconds: u64,
    /// Answers to records that the batch did not contain.
    pub ignored_answers: u64,
    /// Invocations, including retries.
    pub invocations: u64,
    /// The name of the delivery stream.
    pub name: String,
    /// Records that are neither in an object, nor at the endpoint of the destination, nor dropped.
    pub not_delivered: u64,
    /// The positions in the input of records that were not delivered: the first and the last
    /// position of each range.
    pub not_delivered_positions: PositionSet,
    /// The positions of records that were not read: the first and the last position of each range.
    /// The last position is `null` if the range ends with the input.
    pub not_read_positions: WantedPositions,
    /// The bytes of all objects in the store.
    pub object_bytes: u64,
    /// The number of all objects.
    pub object_count: u64,
    /// The first objects.
    pub objects: Vec<DeliveredObject>,
    /// Failed records whose causes are not in `causes`, which has a limit; `None` if `causes` is
    /// `None`.
    pub other_causes: Option<u64>,
    /// The processors of the delivery stream, in the order in which they run.
    pub processors: Vec<&'static str>,
    /// The number of received records and added records.
    pub records: u64,
    /// Attempts of the requests that the endpoint of the destination took.
    pub request_attempts: u64,
    /// The bytes of data that the endpoint took.
    pub request_bytes: u64,
    /// Requests that the endpoint took.
    pub requests: u64,
}

/// A cause of failed records, and its frequency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CauseSummary {
    /// The cause, as the function logged it.
    pub cause: String,
    /// The number of records with this cause.
    pub records: u64,
}

/// The failed items of records that did not fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedItemsSummary {
    /// The causes, the most frequent cause first.
    pub causes: Vec<ItemCauseSummary>,
    /// The number of failed items.
    pub count: u64,
}

/// A cause of failed items, and its frequency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemCauseSummary {
    /// The cause, as the function reported it.
    pub cause: String,
    /// The number of items with this cause.
    pub items: u64,
}

impl From<&RunReport> for RunSummary {
    fn from(report: &RunReport) -> Self {
        let input = &report.input;
        Self {
            delivery_streams: report.streams.iter().map(StreamSummary::from).collect(),
            error: input.error.clone(),
            input: report.manifest.clone(),
            last_read: input.last_read,
            read_to_end: input.read_to_end,
            refused: input.refused,
            seconds: input.elapsed().as_secs_f64(),
            skipped: input.skipped,
        }
    }
}

impl From<&StreamReport> for StreamSummary {
    fn from(report: &StreamReport) -> Self {
        let StreamReport { stats, failures, .. } = report;
        let failures = failures.as_ref();
        Self {
            added_records: stats.added,
            bytes: stats.received_bytes,
            causes: failures.map(|it| CauseSummary::by_frequency(&it.records)),
            delivered: stats.delivered,
            destination: report.destination,
            dropped: stats.dropped,
            failed: stats.failed(),
            failed_items: failures.map(|it| FailedItemsSummary::from(&it.items)),
            failed_by_code: stats.failed.clone(),
            function_errors: stats.invocations.function_errors,
            function_milliseconds: stats.invocations.milliseconds(),
            ignored_answers: stats.invocations.ignored_answers,
            invocations: stats.invocations.count,
            name: report.name.clone(),
            not_delivered: stats.not_delivered(),
            not_delivered_positions: stats.undelivered.clone(),
            not_read_positions: report.not_read.clone(),
            object_bytes: stats.objects.bytes,
            object_count: stats.objects.count,
            objects: stats.objects.first.clone(),
            other_causes: failures.map(|it| it.records.others()),
            processors: report.processors.clone(),
            records: stats.received,
            request_attempts: stats.requests.attempts,
            request_bytes: stats.requests.bytes,
            requests: stats.requests.count,
        }
    }
}

impl From<&CauseCounts> for FailedItemsSummary {
    fn from(items: &CauseCounts) -> Self {
        let causes = items.by_frequency().into_iter();
        let causes =
            causes.map(|(cause, items)| ItemCauseSummary { cause: cause.to_owned(), items });
        Self { causes: causes.collect(), count: items.total() }
    }
}

impl CauseSummary {
    /// Returns the causes, the most frequent cause first.
    pub fn by_frequency(causes: &CauseCounts) -> Vec<Self> {
        let causes = causes.by_frequency().into_iter();
        causes.map(|(cause, records)| Self { cause: cause.to_owned(), records }).collect()
    }
}
