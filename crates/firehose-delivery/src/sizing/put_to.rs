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
    /// Returns the largest record that producers can put, in bytes.
    pub fn max_record_bytes(self) -> usize {
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

/// A stream that receives records at the current time, and gives the records the metadata that a
/// function sees.
#[derive(Debug)]
pub struct SampleStream(Target);

#[derive(Debug)]
enum Target {
    Kinesis(ShardedStream, Vec<StreamRecord>),
    Delivery(DirectPut),
}

impl SampleStream {
    /// Creates an empty stream.
    pub fn new(put_to: PutTo) -> Self {
        let now = now();
        Self(match put_to {
            PutTo::KinesisStream => Target::Kinesis(ShardedStream::new(1, now), Vec::new()),
            PutTo::DeliveryStream => Target::Delivery(DirectPut::new(now)),
        })
    }

    /// Puts a record, and appends the records that a delivery stream reads to `to`: one record, or
    /// the user records of an aggregate in a Kinesis stream.
    ///
    /// # Errors
    ///
    /// If the stream refuses the record or a part of it. The error is the reason.
    pub fn put(&mut self, record: PutRecord, to: &mut Vec<StreamRecord>) -> Result<(), String> {
        let now = now();
        match &mut self.0 {
            Target::Kinesis(stream, out) => {
                let result = stream.put(record, now, out);
                to.append(out);
                result.map_err(|error| error.to_string())
            }
            Target::Delivery(stream) => {
                to.push(stream.put(record, now).map_err(|error| error.to_string())?);
                Ok(())
            }
        }
    }
}
