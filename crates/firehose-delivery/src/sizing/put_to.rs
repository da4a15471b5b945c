use crate::{
    aws_names::{REGION, delivery_stream_arn, kinesis_stream_arn},
    delivery_stream::{EventWriter, StreamRecord},
    now::now,
    source::{DirectPut, MAX_DIRECT_PUT_BYTES, MAX_KINESIS_BYTES, PutRecord, ShardedStream},
};

/// The stream that receives the records of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutTo {
    /// A Kinesis stream with one shard.
    KinesisStream,
    /// The delivery stream itself, by Direct PUT.
    DeliveryStream,
}

impl PutTo {
    pub(super) fn max_record_bytes(self) -> usize {
        match self {
            Self::KinesisStream => MAX_KINESIS_BYTES,
            Self::DeliveryStream => MAX_DIRECT_PUT_BYTES,
        }
    }

    /// Returns a writer for the events of such a stream.
    pub fn event_writer(self) -> EventWriter {
        let source = (self == Self::KinesisStream).then(|| kinesis_stream_arn("sample"));
        EventWriter::new(&delivery_stream_arn("sample"), REGION, source.as_deref())
    }
}

/// A stream that receives the sample.
pub(super) enum SampleStream {
    Kinesis(ShardedStream, Vec<StreamRecord>),
    Delivery(DirectPut),
}

impl SampleStream {
    pub(super) fn new(put_to: PutTo) -> Self {
        let now = now();
        match put_to {
            PutTo::KinesisStream => Self::Kinesis(ShardedStream::new(1, now), Vec::new()),
            PutTo::DeliveryStream => Self::Delivery(DirectPut::new(now)),
        }
    }

    pub(super) fn put(
        &mut self,
        record: PutRecord,
        to: &mut Vec<StreamRecord>,
    ) -> Result<(), String> {
        let now = now();
        match self {
            Self::Kinesis(stream, out) => {
                let result = stream.put(record, now, out);
                to.append(out);
                result.map_err(|error| error.to_string())
            }
            Self::Delivery(stream) => {
                to.push(stream.put(record, now).map_err(|error| error.to_string())?);
                Ok(())
            }
        }
    }
}
