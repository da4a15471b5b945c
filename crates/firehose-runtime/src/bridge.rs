use std::collections::HashMap;

use aws_lambda_events::event::firehose::{
    KinesisFirehoseEvent, KinesisFirehoseEventRecord, KinesisFirehoseRecordMetadata,
    KinesisFirehoseResponse, KinesisFirehoseResponseRecord, KinesisFirehoseResponseRecordMetadata,
};
use bytestring::ByteString;
use chrono::{DateTime, Utc};
use firehose_core::{KinesisMetadata, Record, Source, Timestamp, Transform};

use crate::{
    Handler, PayloadField, Report,
    deadline::Deadline,
    engine::{Answered, Incoming, Verdict, answer_all},
};

impl<T: Transform> Handler<T> {
    /// The same engine over the types of `aws_lambda_events`, for a handler that is there
    /// already: feature `aws_lambda_events`.
    ///
    /// Prefer [`run`](crate::run) or [`answer`](Self::answer) where you can. Those types
    /// refuse a whole event for one record that is not base64, cannot carry an MSK source
    /// or Iceberg routing (which is left out here), are a millisecond low for about half of
    /// all arrival times, and write `"metadata":{"partitionKeys":{}}` and `"data":""` on
    /// every record.
    ///
    /// There is no response budget and no deadline either: the response is not written here,
    /// and the invocation not known. Nothing is logged: call `Report::log`, and at start
    /// [`init`](crate::init), for what [`run`](crate::run) does by itself.
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
        let mut report = Report::new(
            event.invocation_id.as_deref(),
            event.records.iter().map(|record| record.record_id.as_deref()),
        );
        let from_kinesis = event.source_kinesis_stream_arn.is_some();
        let incoming = event.records.into_iter().map(|record| incoming(record, from_kinesis));
        let mut response = KinesisFirehoseResponse::default();
        let push = |answered: &Answered| {
            response.records.push(response_record(answered));
            Ok(())
        };
        answer_all(self.transform(), incoming, Deadline::default(), &mut report, push).await;
        (response, report)
    }
}

fn incoming(record: KinesisFirehoseEventRecord, from_kinesis: bool) -> Incoming {
    let record_id = record.record_id.map(ByteString::from);
    let source = match record.kinesis_firehose_record_metadata {
        Some(metadata) => Source::Kinesis(kinesis(metadata)),
        None if from_kinesis => Source::Kinesis(KinesisMetadata::default()),
        None => Source::DirectPut,
    };
    let mut decoded = Record::new(record_id.clone().unwrap_or_default(), record.data.0)
        .with_source(source.clone());
    if let Some(time) = timestamp(*record.approximate_arrival_timestamp) {
        decoded = decoded.with_arrival_time(time);
    }
    Incoming { record_id, field: PayloadField::Data, source, record: Ok(decoded) }
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

fn response_record(answered: &Answered) -> KinesisFirehoseResponseRecord {
    let mut record = KinesisFirehoseResponseRecord::default();
    record.record_id = Some(answered.record_id.to_string());
    record.result = Some(answered.result.as_str().to_owned());
    if let Verdict::Ok(output) = &answered.result {
        let mut metadata = KinesisFirehoseResponseRecordMetadata::default();
        metadata.partition_keys = HashMap::from_iter(output.partition_keys().clone());
        record.metadata = metadata;
        record.data.0 = output.data().to_vec();
    }
    record
}
