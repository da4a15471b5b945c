use bytes::Bytes;
use jiff::Timestamp;

use crate::{
    aws_names::{REGION, delivery_stream_arn},
    delivery_stream::{DeliveryStream, EventWriter, StreamRecord, StreamSource},
    now::now,
    source::{DirectPut, MAX_MSK_BYTES, MskTopic, PutRecord},
};

/// The source of the records in the events of a replay.
///
/// Error lines hold neither the shard and the partition key of a record, nor the partition and the
/// offset. A record of a Kinesis stream becomes a record of Direct PUT, so that the function gets
/// no invented partition key. The payload of a record of Amazon MSK has another name in an event,
/// so the record keeps its source, with the partition 0 and the number of the record as its offset.
#[derive(Debug)]
pub(super) enum ReplaySource {
    DirectPut(DirectPut),
    Msk { topic: MskTopic, cluster_arn: String },
}

impl ReplaySource {
    /// Returns the source of a delivery stream, or Direct PUT without a delivery stream.
    pub(super) fn of(stream: Option<&DeliveryStream>) -> Self {
        match stream.map(|stream| &stream.source) {
            Some(StreamSource::MskTopic { cluster_arn, .. }) => {
                Self::Msk { topic: MskTopic::new(MAX_MSK_BYTES), cluster_arn: cluster_arn.clone() }
            }
            Some(StreamSource::DirectPut | StreamSource::KinesisStream(_)) | None => {
                Self::DirectPut(DirectPut::new(now()))
            }
        }
    }

    /// Returns a writer of events. Error lines do not name their delivery stream, so the events
    /// name a delivery stream `replay`.
    pub(super) fn events(&self) -> EventWriter {
        let arn = delivery_stream_arn("replay");
        match self {
            Self::DirectPut(_) => EventWriter::new(&arn, REGION, None),
            Self::Msk { cluster_arn, .. } => EventWriter::for_msk(&arn, REGION, cluster_arn),
        }
    }

    /// Returns the record of an error line, with a new id. The id comes from a put of an empty
    /// record, because a record of a Kinesis stream may exceed the limit of Direct PUT.
    pub(super) fn put(
        &mut self,
        position: u64,
        arrival: Option<Timestamp>,
        data: Bytes,
    ) -> StreamRecord {
        let now = now();
        let arrival_timestamp = arrival.unwrap_or(now);
        let empty = PutRecord {
            arrival_timestamp: Some(arrival_timestamp),
            ..PutRecord::new(position, Bytes::new())
        };
        let put = match self {
            Self::DirectPut(stream) => stream.put(empty, now),
            Self::Msk { topic, .. } => topic.put(empty, now),
        };
        match put {
            Ok(record) => StreamRecord { data, ..record },
            // A record without data is never too large.
            Err(_) => StreamRecord {
                position,
                record_id: position.to_string(),
                arrival_timestamp,
                data,
                processed: None,
                kinesis: None,
                msk: None,
            },
        }
    }
}
