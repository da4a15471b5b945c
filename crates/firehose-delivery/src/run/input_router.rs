use std::sync::Arc;

use crate::{
    delivery::PutResult,
    delivery_stream::{StreamRecord, StreamSource},
    now::now,
    source::{
        DirectPut, InputItem, MAX_DIRECT_PUT_BYTES, MAX_KINESIS_BYTES, MAX_MSK_BYTES, MskTopic,
        PutError, ShardedStream,
    },
};

/// Returns the longest record that producers can put into a source by default, in bytes.
pub fn max_record_bytes(source: &StreamSource) -> usize {
    match source {
        StreamSource::DirectPut => MAX_DIRECT_PUT_BYTES,
        StreamSource::KinesisStream(_) => MAX_KINESIS_BYTES,
        StreamSource::MskTopic { .. } => MAX_MSK_BYTES,
    }
}

/// A router that puts each record of the input into the source of the delivery streams.
#[derive(Debug)]
pub(super) struct InputRouter(Route);

#[derive(Debug)]
enum Route {
    DeliveryStream(DirectPut),
    KinesisStream {
        stream: ShardedStream,
        /// The records of one put. The list is empty between two puts.
        records: Vec<StreamRecord>,
    },
    MskTopic(MskTopic),
}

impl InputRouter {
    /// Returns a router to a delivery stream, to a topic with this largest record, or to a Kinesis
    /// stream with this number of shards and this largest record.
    pub(super) fn new(source: &StreamSource, shards: u32, max_record_bytes: usize) -> Self {
        Self(match source {
            StreamSource::DirectPut => Route::DeliveryStream(DirectPut::new(now())),
            StreamSource::KinesisStream(_) => Route::KinesisStream {
                stream: ShardedStream::new(shards, now()).with_max_bytes(max_record_bytes),
                records: Vec::new(),
            },
            StreamSource::MskTopic { .. } => Route::MskTopic(MskTopic::new(max_record_bytes)),
        })
    }

    /// Puts a record into its source.
    pub(super) fn put(&mut self, item: InputItem) -> PutResult {
        let record = match item {
            InputItem::Record(record) => record,
            InputItem::TooLarge { position, bytes, limit } => {
                let error = PutError::TooLarge { position, bytes, limit };
                return PutResult::refused(position, error.to_string());
            }
            InputItem::Unreadable { position, reason } => {
                let reason = format!("record {position} of the input is refused: {reason}");
                return PutResult::refused(position, reason);
            }
        };
        let (now, position) = (now(), record.position);
        match &mut self.0 {
            Route::DeliveryStream(stream) => match stream.put(record, now) {
                Ok(record) => PutResult::taken(position, vec![Arc::new(record)]),
                Err(error) => PutResult::refused(position, error.to_string()),
            },
            Route::MskTopic(topic) => match topic.put(record, now) {
                Ok(record) => PutResult::taken(position, vec![Arc::new(record)]),
                Err(error) => PutResult::refused(position, error.to_string()),
            },
            Route::KinesisStream { stream, records } => {
                // The user records before the damage in an aggregate are in the stream.
                let refused = stream.put(record, now, records).err().map(|error| error.to_string());
                let records = records.drain(..).map(Arc::new).collect();
                PutResult { refused, ..PutResult::taken(position, records) }
            }
        }
    }
}
