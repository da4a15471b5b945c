use std::collections::HashMap;

use aws_lambda_events::event::firehose::{
    KinesisFirehoseEvent, KinesisFirehoseEventRecord, KinesisFirehoseRecordMetadata,
    KinesisFirehoseResponse, KinesisFirehoseResponseRecord, KinesisFirehoseResponseRecordMetadata,
};
use chrono::{DateTime, Utc};
use firehose_core::{Invocation, KinesisMetadata, Record, Source, Timestamp, Transform};

use crate::{
    cause::Cause,
    engine::{
        batch::Batch, deadline::Deadline, record_result::RecordResult, result_sink::ResultSink,
        run_batch::run_batch,
    },
    failure::Failure,
    handler::Handler,
    repeated_ids::repeated,
    report::Report,
};

impl<T: Transform> Handler<T> {
    /// Answers an event in the types of `aws_lambda_events`, for an existing handler. Needs the
    /// feature `aws_lambda_events`.
    ///
    /// Prefer [`run`](crate::run) or [`answer`](Self::answer) where you can. The types of
    /// `aws_lambda_events`
    ///
    /// - reject a whole event for one record that is not base64;
    /// - have no MSK source and no Iceberg routing, so this function leaves the routing out;
    /// - read about half of all arrival times one millisecond too early;
    /// - write `"metadata":{"partitionKeys":{}}` and `"data":""` on every record.
    ///
    /// This function has no response budget and no deadline, because it does not write the response
    /// and does not receive the deadline of the invocation. It logs nothing. Call
    /// [`init`](crate::init) at start and `Report::log` after each event, which [`run`](crate::run)
    /// does by itself.
    ///
    /// ```
    /// use aws_lambda_events::event::firehose::KinesisFirehoseEvent;
    /// use firehose_runtime::{Handler, Record, transform_fn};
    ///
    /// let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
    /// let event: KinesisFirehoseEvent = serde_json::from_str(
    ///     r#"{"records": [{"recordId": "1", "approximateArrivalTimestamp": 0, "data": "aGk="}]}"#,
    /// ).unwrap();
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let (response, report) = handler.answer_typed(event).await;
    /// assert_eq!(response.records[0].result.as_deref(), Some("Ok"));
    /// assert_eq!(report.ok, 1);
    /// # });
    /// ```
    pub async fn answer_typed(
        &self,
        event: KinesisFirehoseEvent,
    ) -> (KinesisFirehoseResponse, Report) {
        let mut report = Report {
            invocation_id: event.invocation_id.clone().unwrap_or_default(),
            records: event.records.len(),
            ..Report::default()
        };
        let invocation = Invocation::new(event.invocation_id.unwrap_or_default())
            .with_delivery_stream_arn(event.delivery_stream_arn.unwrap_or_default())
            .with_region(event.region.unwrap_or_default());
        let from_kinesis = event.source_kinesis_stream_arn.is_some();
        let records = event.records.into_iter();
        let batch: Vec<Record> = records
            .filter_map(|it| {
                let record = decoded(it, from_kinesis)?;
                Some(record.with_invocation(invocation.clone()))
            })
            .collect();
        report.without_id = report.records - batch.len();
        report.repeated_ids = repeated(batch.iter().map(|it| it.id().into()));
        let response = KinesisFirehoseResponse::default();
        let mut sink = TypedResponse { batch: &batch, response };
        let limits = self.limits(Deadline::default());
        run_batch(self.transform(), &batch, limits, &mut report, &mut sink).await;
        report.add_failed_items(&invocation);
        (sink.response, report)
    }
}

/// Returns the record for the transform, or `None` for a record without an id.
fn decoded(record: KinesisFirehoseEventRecord, from_kinesis: bool) -> Option<Record> {
    let source = match record.kinesis_firehose_record_metadata {
        Some(metadata) => Source::Kinesis(kinesis(metadata)),
        None if from_kinesis => Source::Kinesis(KinesisMetadata::default()),
        None => Source::DirectPut,
    };
    let decoded = Record::new(record.record_id?, record.data.0).with_source(source);
    Some(match timestamp(*record.approximate_arrival_timestamp) {
        Some(time) => decoded.with_arrival_time(time),
        None => decoded,
    })
}

impl Batch for Vec<Record> {
    fn len(&self) -> usize {
        self.len()
    }

    fn payload_bytes(&self, index: usize) -> usize {
        self[index].data().len()
    }

    fn record(&self, index: usize) -> Result<Record, Cause> {
        Ok(self[index].clone())
    }

    fn failure(&self, index: usize, cause: Cause) -> Failure {
        let record = &self[index];
        Failure {
            index,
            record_id: record.id().to_owned(),
            source: record.source().clone(),
            kind: cause.kind,
            cause: cause.text,
        }
    }
}

fn kinesis(metadata: KinesisFirehoseRecordMetadata) -> KinesisMetadata {
    let mut kinesis = KinesisMetadata::new(
        metadata.shard_id.unwrap_or_default(),
        metadata.partition_key.unwrap_or_default(),
        metadata.sequence_number.unwrap_or_default(),
    );
    if let Ok(number) = metadata.subsequence_number.try_into() {
        kinesis = kinesis.with_subsequence_number(number);
    }
    if let Some(time) = timestamp(*metadata.approximate_arrival_timestamp) {
        kinesis = kinesis.with_arrival_time(time);
    }
    kinesis
}

fn timestamp(time: DateTime<Utc>) -> Option<Timestamp> {
    Timestamp::from_millisecond(time.timestamp_millis()).ok()
}

struct TypedResponse<'a> {
    batch: &'a [Record],
    response: KinesisFirehoseResponse,
}

impl ResultSink for TypedResponse<'_> {
    fn push(&mut self, index: usize, result: &RecordResult) -> Result<(), Cause> {
        self.response.records.push(response_record(self.batch[index].id(), result));
        Ok(())
    }
}

fn response_record(record_id: &str, result: &RecordResult) -> KinesisFirehoseResponseRecord {
    let mut record = KinesisFirehoseResponseRecord::default();
    record.record_id = Some(record_id.to_owned());
    let name = match result {
        RecordResult::Ok(output) => {
            let mut metadata = KinesisFirehoseResponseRecordMetadata::default();
            metadata.partition_keys = HashMap::from_iter(output.partition_keys().clone());
            record.metadata = metadata;
            record.data.0 = output.data().to_vec();
            "Ok"
        }
        RecordResult::Dropped => "Dropped",
        RecordResult::Failed(_) => "ProcessingFailed",
    };
    record.result = Some(name.to_owned());
    record
}
